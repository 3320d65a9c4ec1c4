"""The metrics of every epoch as CSV."""

from collections.abc import Mapping, Sequence

from stages.core.runtime.atomic_write import round_significant


def history_csv(history: Sequence[Mapping[str, float]]) -> str:
    """Return one row for each epoch: the loss, then the metrics, then the same for the validation split.

    >>> print(history_csv([{"accuracy": 0.5, "loss": 1.0}]), end="")
    epoch,loss,accuracy
    1,1.0,0.5
    """
    names = sorted(history[0], key=_column_order)
    rows = [[str(epoch), *(str(round_significant(row[n], 7)) for n in names)] for epoch, row in enumerate(history, 1)]
    return "\n".join(",".join(row) for row in [["epoch", *names], *rows]) + "\n"


def _column_order(name: str) -> tuple[bool, bool, bool, str]:
    metric = name.removeprefix("val_")
    return name != metric, metric != "loss", not metric.endswith("loss"), metric
