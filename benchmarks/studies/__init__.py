"""Measurements beyond `python -m benchmarks`, each with a command line of its own."""
