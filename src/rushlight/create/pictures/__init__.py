"""Choosing pictures: matching words to files, finding what to look at, and words worth showing."""
