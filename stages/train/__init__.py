"""Arrays to a trained model, bit for bit the same each time. Keras is at home here."""
