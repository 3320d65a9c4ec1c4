"""The predictions of classes and of values on a page."""
