"""Composes conf/ with Hydra into params.yaml, checks it, and runs the guard stage."""
