"""The person's own page: what is theirs to do now, what is coming, and the ways to be left in peace."""
