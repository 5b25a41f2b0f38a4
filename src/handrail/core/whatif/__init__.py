"""What would happen: the live rules, played on a clock that is not the present."""
