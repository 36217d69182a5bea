"""Methods: time, roll-up, intervals and small numbers; pure, and without a health domain."""
