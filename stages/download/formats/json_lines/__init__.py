"""Text with one JSON object in each line."""
