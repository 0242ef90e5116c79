"""What rises and spreads among comments, and through whom."""
