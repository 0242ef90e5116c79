"""Marks in pictures and sound that survive when metadata is stripped."""
