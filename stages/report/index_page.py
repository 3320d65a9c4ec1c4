"""All datasets of the suite at a glance: each one's figure, and what it is worth beside its baseline."""

from collections.abc import Mapping
from dataclasses import dataclass

from stages.report.format_text import count, number, percent
from stages.report.read_results import Record
from stages.report.render_template import render
from stages.report.sections.summary_section import Headline, headline


@dataclass(frozen=True)
class Entry:
    """A dataset that was not evaluated yet has no headline."""

    key: str
    title: str
    headline: Headline | None
    bar: str
    bar_text: str


def index(titles: Mapping[str, str], metrics: Mapping[str, Record | None]) -> str:
    entries = [entry(key, title, metrics[key]) for key, title in titles.items()]
    return render("index.html", entries=entries, sentence=sentence(entries))


def entry(key: str, title: str, metrics: Record | None) -> Entry:
    found = None if metrics is None else headline(metrics)
    removed = found.removed if found else None
    return Entry(key, title, found, bar_width(removed), bar_text(removed))


def bar_width(removed: float | None) -> str:
    """Half of the track is for gains and half for losses.

    >>> bar_width(0.5), bar_width(-3.0), bar_width(None)
    ('25.0%', '50.0%', '')
    """
    return "" if removed is None else f"{min(1.0, abs(removed)) * 50:.1f}%"


def bar_text(removed: float | None) -> str:
    """
    >>> bar_text(0.95), bar_text(-0.1), bar_text(-5.0), bar_text(None)
    ('95% less error', '10% more error', '6 times the error', '')
    """
    if removed is None:
        return ""
    if removed <= -1:
        return f"{number(float(f'{1 - removed:.2g}'))} times the error"
    return f"{percent(abs(removed))} {'less' if removed >= 0 else 'more'} error"


def sentence(entries: list[Entry]) -> str:
    done = [e.headline for e in entries if e.headline is not None]
    better, worse = sum(h.better for h in done), sum(h.worse for h in done)
    said = [f"{count(len(entries), 'dataset')}: {better:,} better than the baseline"]
    said += [f"{worse:,} worse"] if worse else []
    said += [f"{same:,} the same"] if (same := len(done) - better - worse) else []
    said += [f"{missing:,} not evaluated yet"] if (missing := len(entries) - len(done)) else []
    return ", ".join(said) + "."
