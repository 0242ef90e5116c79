"""Screenplays on disk: Fountain, Final Draft, the printed page, figures, merging and what people note in the margin."""
