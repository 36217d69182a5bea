"""From raw files to staged tables: read, stage, account for every row, write."""
