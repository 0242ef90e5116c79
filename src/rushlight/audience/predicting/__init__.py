"""Predicting what viewers do: features known before the moment, small models, honest scores, exact explanations."""
