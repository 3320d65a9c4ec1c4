"""The merge driver that Git runs: `merge_driver BASE OURS THEIRS PATH` writes the merged text to the file OURS.

It is copied to .git by `make setup`: while Git merges, the files of stages/ may be unmerged themselves.
"""

from __future__ import annotations

import sys
from pathlib import Path

from stages.cli.merge.merge_files import merge_file


def main() -> None:
    base, ours, theirs = (Path(argument).read_bytes().decode() for argument in sys.argv[1:4])
    merged = merge_file(sys.argv[4], base, ours, theirs)
    Path(sys.argv[2]).write_bytes(merged.text.encode())
    for message in merged.messages:
        print(f"restage: {message}", file=sys.stderr)
    sys.exit(1 if merged.unresolved else 0)


if __name__ == "__main__":
    main()
