"""Raw rows, texts and images, to be shown on a page."""
