"""Whether a line in other words says what the sentences say that it rests on."""
