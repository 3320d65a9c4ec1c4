"""The page with the form, and the answer that it shows."""
