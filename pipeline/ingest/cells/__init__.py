"""What the text of a cell means: numbers, dates, units, persons, damage; never a guess."""
