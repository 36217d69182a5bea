"""What the pages share: store, queries, charts, selectors, components, formats, theme, messages."""
