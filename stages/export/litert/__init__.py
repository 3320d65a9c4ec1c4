"""Converts a model for LiteRT, and checks that it gives what Keras gives."""
