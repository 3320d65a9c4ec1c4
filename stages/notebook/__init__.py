"""What restage.py at the top of the repository gives to notebooks."""
