"""Cutting, repairing and measuring footage: one capability a file."""
