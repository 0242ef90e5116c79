"""Signs that material was made or changed by machine, and what they say together."""
