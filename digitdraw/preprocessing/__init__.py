"""Turns strokes and pictures into glyphs."""
