"""How films are watched: events, measures, retention, experiments; one capability a file."""
