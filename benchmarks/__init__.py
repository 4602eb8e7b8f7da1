"""Benchmarks: `accuracy` and `speed`, `tools` that make files, and the `photo_dataset` of tests.

Every script runs from the root of the repository: `python benchmarks/FOLDER/SCRIPT.py --help`.
"""
