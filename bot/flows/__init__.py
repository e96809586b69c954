"""What the product does: one package a feature, each declared as one ``Feature`` value."""
