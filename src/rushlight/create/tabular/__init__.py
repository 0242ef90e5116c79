"""Finding facts in tables and wording them: what the writer `data` is made of."""
