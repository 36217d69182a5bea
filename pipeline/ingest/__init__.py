"""Bytes in, typed rows and refused rows out; knows no health domain but the source declarations.

A file becomes a grid in `texts`, `workbooks`, `parquet` or `sqlite`, a query in `databases`;
`read` chooses. `headers` and `furniture` say what of a grid is data, `cells` what each text means.
`batch` reads many files at once and `collector` gathers what they give.
"""
