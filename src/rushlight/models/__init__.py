"""Voices, writers and networks: cards, loaders, training."""
