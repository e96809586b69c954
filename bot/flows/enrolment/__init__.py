"""Being invited, enrolling, changing one's answers, withdrawing."""
