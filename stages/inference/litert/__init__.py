"""LiteRT models: loaded from a file, and what they give for rows. Importing its modules loads LiteRT."""
