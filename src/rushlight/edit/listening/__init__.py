"""What is heard in recordings: bands, speech, words, turns; shared by the capabilities that listen."""
