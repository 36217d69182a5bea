"""The panels of the overview, which the county page shows while no county is chosen."""
