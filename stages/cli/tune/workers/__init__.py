"""Processes that train trials one after another, with TensorFlow and the raw data loaded."""
