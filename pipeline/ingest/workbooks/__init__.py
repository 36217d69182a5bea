"""Workbooks, new and old, to grids; opened in a child process of little memory and time."""
