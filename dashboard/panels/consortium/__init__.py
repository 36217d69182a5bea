"""The panels of the page on consortia."""
