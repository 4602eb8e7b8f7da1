"""Synthetic training data: handwriting, pages, cameras, symbols, negatives."""
