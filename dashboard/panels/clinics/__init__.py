"""The panels of the page on village clinics."""
