"""Keras models: loaded from a file, and what they give for rows.

Importing its modules loads Keras, except `load_predictor` and `load_exported_model`, which start it as evaluate does.
"""
