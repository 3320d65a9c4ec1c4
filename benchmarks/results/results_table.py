"""The results as lines for the terminal, each printed as soon as its case is measured."""

from collections.abc import Iterable, Sequence

from benchmarks.cases import SIDES
from benchmarks.compare_sides import Comparison, ShareOfLimit
from benchmarks.machine_description import Machine
from benchmarks.results.number_format import duration, megabytes, percent, three_digits

# The two lines of the header, and the width of each column.
COLUMNS = (
    ("case", "", 12),
    ("times", "as fast", 9),
    ("between", "quartiles", 20),
    ("an epoch", "tutorial / ours", 21),
    ("peak memory", "tutorial / ours", 24),
    ("prepared data", "tutorial / ours", 28),
    ("share of limit: products + optimizer", "tutorial / ours", 38),
    ("whole run", "as fast", 12),
)


def table_header() -> str:
    titles, subtitles, _ = zip(*COLUMNS, strict=True)
    return f"{_line(titles)}\n{_line(subtitles)}"


def table_row(comparison: Comparison, machine: Machine) -> str:
    sides, speedup = [comparison.sides[side] for side in SIDES], comparison.speedup
    whole_run = comparison.whole_run_speedup
    return _line(
        [
            comparison.name,
            three_digits(speedup.median),
            f"{three_digits(speedup.low)} to {three_digits(speedup.high)}",
            _pair(duration(side.median_epoch) for side in sides),
            _pair(megabytes(side.peak_bytes) for side in sides),
            _pair(megabytes(side.stored_bytes) for side in sides),
            _pair(_format_share(comparison.share_of_limit(side, machine)) for side in SIDES),
            three_digits(whole_run.median) if whole_run else "-",
        ]
    )


def _format_share(share: ShareOfLimit | None) -> str:
    """
    >>> _format_share(ShareOfLimit(products=0.5, optimizer=0.25)), _format_share(None)
    ('50% + 25%', '-')
    """
    return "-" if share is None else f"{percent(share.products)} + {percent(share.optimizer)}"


def _pair(texts: Iterable[str]) -> str:
    return " / ".join(texts)


def _line(cells: Sequence[str]) -> str:
    first, *others = zip(cells, (width for _, _, width in COLUMNS), strict=True)
    return f"{first[0]:<{first[1]}}" + "".join(f"{cell:>{width}}" for cell, width in others)
