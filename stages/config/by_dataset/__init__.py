"""Composes each dataset of conf/ alone, so that time grows with the number of datasets and not with its square."""
