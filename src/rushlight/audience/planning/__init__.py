"""What will be wanted: forecasts of demand, what raises it, and whom to tell when."""
