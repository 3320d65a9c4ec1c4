"""A comparison as Markdown for a comment on a pull request: headlines first, details folded."""

import re
from collections.abc import Iterable, Sequence

from stages.cli.compare.comparison import Comparison, DatasetComparison
from stages.cli.compare.describe_changes import (
    describe_difference,
    describe_evidence,
    describe_revision,
    describe_size,
    describe_stage,
    describe_unchanged,
    describe_value,
)
from stages.report.format_text import DASH, count, format_number

# GitHub's limit of a comment; less, since a caller may add lines.
MAX_LENGTH = 65_536 - 1_536
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&$-])")


def markdown(comparison: Comparison) -> str:
    head = _summary(comparison)
    parts, left_out = [], 0
    length = len(head)
    for dataset in comparison.datasets:
        details = _details(dataset)
        if left_out or length + len(details) > MAX_LENGTH - 200:
            left_out += 1
            continue
        parts.append(details)
        length += len(details)
    if left_out:
        parts.append(f"The details of {count(left_out, 'dataset')} are left out: a comment can have no more text.\n")
    return "\n".join([head, *parts])


def escape(text: str) -> str:
    """The text as it is, in a table too: no Markdown, no HTML, no mention of a person.

    >>> escape("a|b <i> @me")
    'a\\\\|b \\\\<i\\\\> \\\\@me'
    """
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _summary(comparison: Comparison) -> str:
    title = f"**{escape(describe_revision(comparison.base))} → {escape(describe_revision(comparison.head))}**\n"
    lines = [title]
    if stale := [dataset.key for dataset in comparison.datasets if dataset.stale]:
        lines.append(f"> [!WARNING]\n> Stale results: {escape(', '.join(stale))}. Run the pipeline first.\n")
    if comparison.datasets:
        lines.append(
            _table(("dataset", "headline", "before", "now", "change", "result"), map(_row, comparison.datasets))
        )
    rest = [describe_unchanged(comparison)] if comparison.unchanged else []
    rest += [f"Not known: {escape(reason)}" for reason in comparison.unknown]
    return "\n".join([*lines, *(f"{line}.\n" for line in rest)])


def _row(dataset: DatasetComparison) -> Sequence[str]:
    headline = dataset.headline
    if headline is None:
        return escape(dataset.key), DASH, "", "", "", dataset.state if dataset.state in ("new", "removed") else "same"
    return (
        escape(dataset.key),
        escape(headline.name),
        format_number(headline.base),
        format_number(headline.head),
        describe_difference(headline),
        f"**{headline.result}**" if headline.result in ("better", "worse") else headline.result,
    )


def _details(dataset: DatasetComparison) -> str:
    parts = []
    if dataset.metrics:
        rows = [
            (
                escape(m.name),
                format_number(m.base),
                format_number(m.head),
                describe_difference(m),
                m.result,
                escape("; ".join(map(describe_evidence, m.evidence))),
            )
            for m in dataset.metrics
        ]
        parts.append(_table(("metric", "before", "now", "change", "result", "evidence"), rows))
    if dataset.parameters:
        rows = [
            (
                escape(p.name),
                escape(describe_value(p.base, p.base_set)),
                escape(describe_value(p.head, p.head_set)),
            )
            for p in dataset.parameters
        ]
        parts.append(_table(("parameter", "before", "now"), rows))
    parts += [
        f"{title}: {escape('; '.join(texts))}\n"
        for title, texts in {
            "Checks": [f"{c.name}: {c.base or 'none'} → {c.head or 'none'}" for c in dataset.checks],
            "Drift": [f"{d.column}: {', '.join(d.exceeded)}" for d in dataset.drift],
            "Sizes": [f"{s.name} {describe_size(s)}" for s in dataset.sizes],
            "Stages": [describe_stage(s) for s in dataset.stages],
            "Not known": dataset.unknown,
        }.items()
        if texts
    ]
    return f"<details><summary>{dataset.key}</summary>\n\n" + "\n".join(parts) + "\n</details>\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
