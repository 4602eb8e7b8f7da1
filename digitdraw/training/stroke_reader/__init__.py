"""Trains the scorer that reads whole numbers from strokes."""
