"""The headline of every dataset as one table that git tracks and a README can show."""

from collections.abc import Mapping

from stages.report.format_text import NOTHING
from stages.report.metric_descriptions import at
from stages.report.read_results import Record

HEAD = ("dataset", "metric", "test", "mean", "spread", "worst", "seeds", "baseline", "gain", "to reach")


def headlines(metrics: Mapping[str, Record | None]) -> str:
    """In the order of the suite; a dataset without metrics has an empty row."""
    rows = [HEAD, ("---",) * len(HEAD), *(_row(key, found) for key, found in metrics.items())]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(key: str, metrics: Record | None) -> tuple[str, ...]:
    if metrics is None:
        return (key, *(NOTHING for _ in HEAD[1:]))
    name, baseline = metrics["headline"]["metric"], metrics["headline"]["baseline"]
    seeds = metrics.get("seeds", {})
    figures = [_figure(at(metrics, name)), *(_figure(seeds.get(part)) for part in ("mean", "spread", "worst"))]
    against = f"{_figure(at(metrics['baseline'][baseline], name))} ({baseline})"
    count = str(seeds.get("count", 1))
    return (key, name, *figures, count, against, _figure(metrics["gain"]), _figure(metrics.get("reach")))


def _figure(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.4g}"
