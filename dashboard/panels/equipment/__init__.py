"""The panels of the page on the three devices."""
