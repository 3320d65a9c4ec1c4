"""The charts of the page of a study, as SVG."""
