"""Programs that third parties run by themselves, with nothing of Rushlight installed."""
