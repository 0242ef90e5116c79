"""What pictures and voices keep of how they were made: two small models, how they are trained, and their cards."""
