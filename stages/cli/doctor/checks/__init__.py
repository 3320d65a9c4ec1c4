"""The checks of `restage doctor`, one function for each line that it prints."""
