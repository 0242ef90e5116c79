"""Reviewing what a work says and shows: passages with their places, lexicons with reasons and sources."""
