"""Attacks on a server of one's own, beside people who draw and a program that calls."""
