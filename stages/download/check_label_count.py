"""The check that every image or text has a label."""

from stages.core.errors import UserError


def check_label_count(rows: int, labels: int, kind: str) -> None:
    """`kind` is what the labels are of: images or texts."""
    if rows != labels:
        raise UserError(f"{rows} {kind} and {labels} labels; the numbers must be equal")
