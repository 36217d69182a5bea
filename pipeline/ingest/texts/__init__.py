"""Delimited text, from bytes to a grid: encodings, lines, quotes and columns."""
