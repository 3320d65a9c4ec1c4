"""`evaluate.gate`: what `restage check` requires of the results. No stage reads it."""
