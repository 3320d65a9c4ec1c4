"""Compares predictions by LiteRT with a script that loads the Keras model."""
