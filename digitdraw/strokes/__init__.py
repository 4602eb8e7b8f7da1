"""Reads whole numbers from pen strokes: which strokes make a character, and what it is."""
