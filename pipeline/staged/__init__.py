"""The staged tables as they lie on disk: names, contracts, files, codes."""
