"""Bring a city in: county polygons, city outline and divisions, checked before they are kept."""
