"""Making films: sources, scripts, voices, pictures, music, mix."""
