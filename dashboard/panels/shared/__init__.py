"""What pages share: county map and its months, cards, trend, ranking, control chart."""
