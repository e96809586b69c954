"""The short lessons of each role, which everybody does before the first session."""
