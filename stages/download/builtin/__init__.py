"""Datasets that need no download: from scikit-learn, from matplotlib, or computed by a formula."""
