"""Ways to reach a person, one folder each: render and send."""
