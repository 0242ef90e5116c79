"""Choosing stretches of footage and fitting them to a length, to beats, to a rise of tension."""
