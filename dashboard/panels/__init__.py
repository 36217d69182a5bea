"""What stands on the pages: a folder or module for each page, and `shared` for all of them."""
