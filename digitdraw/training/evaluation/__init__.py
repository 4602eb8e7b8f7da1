"""Test sets, metrics and the tables made of them."""
