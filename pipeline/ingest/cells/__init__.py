"""What the text of a cell means: numbers, dates, units, persons, damage; a reason, never a guess."""
