"""What a visitor takes along: the page as one picture for a meeting, and its numbers as a workbook.

Panels, charts, tables and cards register themselves while the page is drawn (`collect`). The files
are made only when they are asked for, from what was drawn: the same frames, the same figures.
`slide` draws the picture with matplotlib, so that no browser is needed on the server.
"""
