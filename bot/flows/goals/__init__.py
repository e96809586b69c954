"""Up to two goals of one's own, typed in a form and never echoed."""
