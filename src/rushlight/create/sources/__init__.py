"""How each kind of source is read: articles, tables and briefs, all of them data and never instructions."""
