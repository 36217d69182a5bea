"""What the pages share.

The frame: main, server, shell, site, state, store, view, places, selectors, components, blocks.
The rooms: queries (marts to small frames), reading (what numbers say), charts (frames to figures),
panels (what stands on a page), look (how it looks), messages (every word), static (public files).
"""
