"""Answers requests over HTTP with predictions, and shows a page with a form."""
