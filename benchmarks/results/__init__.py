"""Turns measurements into ratios, a table for the terminal and an HTML page."""
