"""Keras models: loaded from a file, and what they give for rows.

Importing its modules loads Keras, except `load_predictor`, which starts it as evaluate does.
"""
