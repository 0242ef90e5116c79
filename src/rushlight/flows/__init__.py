"""Whole jobs across areas."""
