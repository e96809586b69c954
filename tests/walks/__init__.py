"""Random walks: a small company that does whatever it likes to the real product, and what must hold all the same."""
