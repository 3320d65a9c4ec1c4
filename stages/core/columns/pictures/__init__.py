"""Columns of images and pictures."""
