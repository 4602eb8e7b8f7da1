"""Remembers corrected drawings of one person, and weighs them against the classifier's answers."""
