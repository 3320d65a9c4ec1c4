"""Restage: reproducible DVC pipelines for Keras models. A stage runs as `python3 -m stages.<stage> <dataset>`."""
