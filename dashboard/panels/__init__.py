"""What stands on the pages: one module per page or per panel that pages share."""
