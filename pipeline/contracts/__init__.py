"""The shapes of every table the pipeline writes; each column is described once, here."""
