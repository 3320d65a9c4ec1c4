"""The `restage` command."""
