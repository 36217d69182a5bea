"""Counters: one module per registry turns staged rows into additive quantities.

Flows have a date, stocks an as-of date; nobody here divides. Ids are those of
`catalog/counters.toml`; a test compares them.
"""
