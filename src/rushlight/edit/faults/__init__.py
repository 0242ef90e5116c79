"""Finding faults of picture and sound, each kind by its own measure."""
