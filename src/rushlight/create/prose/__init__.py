"""Reading prose: sentences with exact offsets, what matters in them, and their mood."""
