"""The command line: what each command does, and the words it says."""
