"""The report stage: one self-contained HTML page for each dataset, and an index page for the suite."""
