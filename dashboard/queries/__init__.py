"""Questions to the marts: LazyFrames in, small frames out; one module per question."""
