"""Strokes and pictures become glyphs: crop, resize, invert, normalize."""
