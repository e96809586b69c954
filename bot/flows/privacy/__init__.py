"""What is kept about a person, who sees it, and how to take it away."""
