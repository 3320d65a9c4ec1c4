"""Shared by all stages: data formats, parameters, paths, errors, and how a stage runs."""
