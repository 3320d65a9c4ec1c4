"""The questions of `restage new`: only in a terminal, at most three, each with a default."""

import sys
from collections.abc import Sequence
from typing import Literal

import typer

from stages.cli.new.describe.new_dataset import TargetKind
from stages.core.errors import UserError, format_examples

# Where data stay: copied to data/, or at their path.
Storage = Literal["copy", "path"]


class Questions:
    """Without a terminal, or with --yes, the defaults are the answers."""

    def __init__(self, yes: bool) -> None:
        self._asks = not yes and sys.stdin.isatty() and sys.stdout.isatty()
        self._yes = yes

    def target(self, columns: Sequence[str]) -> str:
        """The column to predict; the last one by default. Without a terminal it must be named."""
        if self._asks:
            print(f"columns: {', '.join(columns)}")
            return str(typer.prompt("Which column is to be predicted?", default=columns[-1]))
        if self._yes:
            return columns[-1]
        raise UserError(f"--target: name the column to predict, one of {format_examples(columns)}")

    def target_kind(self, name: str, distinct: int, suggested: TargetKind) -> TargetKind:
        """Whether whole numbers are classes or values."""
        if not self._asks:
            return suggested
        question = f"{name} has {distinct} different whole numbers. Are they classes, which have no order?"
        return "classes" if typer.confirm(question, default=suggested == "classes") else "values"

    def copies(self, outside: Sequence[str], storage: Storage | None) -> bool:
        """Whether the data are copied into the repository. `outside` names those that lie outside of it.

        Without `storage`, that is asked if any do.
        """
        if storage is not None:
            return storage == "copy"
        if not outside or not self._asks:
            return bool(outside)
        question = f"{format_examples(outside)} is outside the repository. Copy it to data/, tracked by DVC?"
        return typer.confirm(question, default=True)
