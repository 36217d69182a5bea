"""The panels of the page on family doctor contracts."""
