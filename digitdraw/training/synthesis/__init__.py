"""Generated training pictures: handwriting, pages, paper, light and cameras.

All randomness comes from the generators that callers pass in.
"""
