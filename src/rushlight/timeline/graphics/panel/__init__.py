"""Drawn storyboard panels: place, light, people and things, under a camera that moves a little."""
