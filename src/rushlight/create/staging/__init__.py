"""Breaking a screenplay down: moments, scenes, shots."""
