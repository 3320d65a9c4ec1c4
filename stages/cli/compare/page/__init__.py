"""The HTML page of `restage compare --html`."""
