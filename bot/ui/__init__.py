"""What a person sees, said once for every platform: words, cards, forms. Values only."""
