"""Where events are kept: their schema, importing, playback derived from them, erasure, and the engines that read it."""
