"""Words for people: a plan that waits, what became of it, and whatever else needs its owner."""
