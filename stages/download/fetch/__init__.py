"""Get files over HTTP, from a mirror or from a local folder, and verify their hashes."""
