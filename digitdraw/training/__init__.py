"""Training: datasets, trainers, evaluation. Only the command line uses it."""
