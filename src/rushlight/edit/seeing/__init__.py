"""Measuring what is seen: motion, colour, faces."""
