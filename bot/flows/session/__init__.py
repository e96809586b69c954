"""A pair's sessions: what each is about, what is said before, at the hour and after, and help when there is no date."""
