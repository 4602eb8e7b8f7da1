"""Training of the glyph classifiers."""
