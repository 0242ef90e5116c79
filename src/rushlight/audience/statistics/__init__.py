"""Statistics that measures share: intervals, moments of curves, sequences that may be looked at any time, hazards."""
