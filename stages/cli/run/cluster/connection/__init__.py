"""The connection to a cluster: its scheduler, the workers that fit, and what travels to them."""
