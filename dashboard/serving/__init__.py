"""What stands around the pages: the server, its HTML page, its garbage collector."""
