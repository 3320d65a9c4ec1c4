"""Lines about a prediction on standard error: predictions themselves can go to standard output."""

import sys


def say(line: str) -> None:
    print(f"restage: predict: {line}", file=sys.stderr, flush=True)
