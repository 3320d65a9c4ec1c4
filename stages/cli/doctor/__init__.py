"""`restage doctor`: checks machine, environment and clone. A check imports libraries only when it runs."""
