"""Workbooks, new and old, to grids; opened in a child process of little memory and time."""

READY = b"ready\n"  # what the child says first; who asks it does not load what it reads with
