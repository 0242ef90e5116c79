"""Recommenders behind one interface, how they are compared and chosen, what explains them, and how fair they are."""
