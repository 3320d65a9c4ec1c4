"""Readers for file formats: each turns verified files into arrays or data frames."""
