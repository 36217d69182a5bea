"""The panels of the page on data quality."""
