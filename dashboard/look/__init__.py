"""How things look: style sheets, markup that escapes, tables, cards and the page grid."""
