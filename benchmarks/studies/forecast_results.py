"""The results of the study of forecasts, and the tables that report them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import fmean, stdev

BASELINES = ("persistence", "drift", "seasonal_naive", "linear", "theta")
AUTOMATIC_ETS = "automatic ETS"
OTHERS = (*BASELINES, AUTOMATIC_ETS)
# What `restage new` writes.
PROPOSED = "`restage new`"


@dataclass(frozen=True)
class SeriesResult:
    """Mean absolute scaled errors of one series: for each variant those of all seeds, and those of other forecasts.

    `samples` are the test windows. `coverage` is that of the intervals of the model that `restage new` writes.
    """

    series: str
    rows: int
    season: int | None
    samples: int
    models: Mapping[str, Sequence[float]]
    others: Mapping[str, float]
    coverage: float | None = None

    @property
    def best_baseline(self) -> float:
        return min(error for name, error in self.others.items() if name in BASELINES)

    def model(self, variant: str) -> float:
        return fmean(self.models[variant])


def report_lines(results: Sequence[SeriesResult], left_out: Mapping[str, str]) -> Iterator[str]:
    yield from _table(
        ["series", "rows", "season", "windows", "`restage new`", "spread", *OTHERS], map(_series_cells, results)
    )
    variants = list(results[0].models) if results else []
    yield ""
    yield from _table(
        ["model", "wins", "ratio to the best baseline", *(f"ratio to {name}" for name in ("theta", AUTOMATIC_ETS))],
        (_variant_cells(results, variant) for variant in variants),
    )
    yield ""
    yield from _table(
        ["series", "windows", "coverage"],
        ([each.series, f"{each.samples:,}", f"{each.coverage:.3f}"] for each in results if each.coverage is not None),
    )
    yield ""
    yield from (f"- `{name}`: {reason}" for name, reason in left_out.items())


def geometric_mean(ratios: Sequence[float]) -> float:
    """
    >>> round(geometric_mean([0.5, 2.0, 8.0]), 6)
    2.0
    """
    return exp(fmean(map(log, ratios)))


def _series_cells(result: SeriesResult) -> list[str]:
    errors = result.models[PROPOSED]
    spread = f"{stdev(errors):.3f}" if len(errors) > 1 else ""
    others = [f"{result.others[name]:.3f}" if name in result.others else "" for name in OTHERS]
    season = str(result.season or "")
    return [result.series, f"{result.rows:,}", season, f"{result.samples:,}", f"{fmean(errors):.3f}", spread, *others]


def _variant_cells(results: Sequence[SeriesResult], variant: str) -> list[str]:
    """Wins are series where the model is better than all baselines."""
    to_best = [each.model(variant) / each.best_baseline for each in results]
    to_others = [
        geometric_mean([each.model(variant) / each.others[name] for each in results if name in each.others])
        for name in ("theta", AUTOMATIC_ETS)
        if any(name in each.others for each in results)
    ]
    wins = sum(ratio < 1 for ratio in to_best)
    return [
        variant,
        f"{wins} of {len(results)}",
        *(f"{number:.3f}" for number in (geometric_mean(to_best), *to_others)),
    ]


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(names)} |"
    yield f"|{' --- |' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
