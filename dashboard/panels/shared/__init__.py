"""What pages share: map and its months, cards, trend, ranking, control chart, funnel."""
