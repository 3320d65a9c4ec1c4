"""Configuration of Sphinx, which builds this folder as a site: `make docs`."""

project = "Restage"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "Restage"
# The site works without a network: nothing is loaded from elsewhere.
html_permalinks = False
myst_heading_anchors = 3
