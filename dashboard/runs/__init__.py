"""Page runs: noted while they are made, done again without the page, sent to the browser."""
