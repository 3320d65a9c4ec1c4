"""Composes conf/ with Hydra into params.yaml and checks it."""
