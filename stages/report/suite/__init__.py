"""What is shown of all datasets of a suite: the index page and tables in Markdown."""
