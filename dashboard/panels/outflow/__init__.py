"""The panels of the page on where residents are treated."""
