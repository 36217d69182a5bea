"""The panels of the page on one county, and of its townships."""
