"""Music as a craft: theory, form, harmony, voice leading, melody, arrangement, synthesis and MIDI."""
