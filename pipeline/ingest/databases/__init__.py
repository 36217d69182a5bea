"""Declared databases: how one is named, connected to and asked."""
