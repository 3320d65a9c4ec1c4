"""From the body of a request to rows."""
