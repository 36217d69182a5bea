"""Bytes in, typed rows and refused rows out; knows no health domain but the source declarations."""
