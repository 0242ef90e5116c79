"""What comments say: words, feeling, emotions, language, themes, and whether people wrote them."""
