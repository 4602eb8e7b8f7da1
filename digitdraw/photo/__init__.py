"""Reads the numbers of a photo: detect digits, group them, recognize each line, fuse the scores."""
