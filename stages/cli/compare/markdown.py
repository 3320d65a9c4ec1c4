"""A comparison as Markdown for a comment on a pull request: headlines first, details folded."""

import re
from collections.abc import Iterable, Iterator, Sequence

from stages.cli.compare.comparison import Comparison, DatasetComparison, MetricChange
from stages.cli.compare.describe_changes import (
    INVALID,
    count_passed,
    count_same_metrics,
    describe_drift,
    describe_other_datasets,
    describe_parameter,
    describe_rest,
    describe_revisions,
    describe_rows,
    describe_size,
    describe_stage,
    describe_stale,
    has_same_results,
    headline_result,
    shown_checks,
)
from stages.cli.compare.describe_metrics import describe_difference, describe_judgement, describe_values
from stages.report.rendering.format_text import DASH, count, format_number

# GitHub refuses a comment with more than 65,536 characters. A caller can add some lines.
MAX_LENGTH = 64_000
MAX_SUMMARY_LENGTH = 32_000
_PLAIN = re.compile(r"[\w .,:;/+()='\"%→-]+")
# An underscore between letters or digits is none of Markdown's.
_SPECIAL = re.compile(r"[\\`*{}\[\]<>#|~&$!]|(?<![^\W_])_|_(?![^\W_])")
_ESCAPED_COMMAND = re.compile(r"&#96;((?:restage|dvc) [\w -]+)&#96;")
# After an @, it keeps the name of a person from being notified.
_NO_WIDTH = "\N{ZERO WIDTH SPACE}"


def markdown(comparison: Comparison) -> str:
    """No more than MAX_LENGTH characters; what is left out is counted."""
    summary = "\n".join(_summary(comparison))
    parts, length, left_out = [summary], len(summary), 0
    for dataset in _with_details(comparison):
        details = _details(dataset)
        if length + len(details) > MAX_LENGTH - 200:
            left_out += 1
        else:
            parts.append(details)
            length += len(details) + 1
    if left_out:
        parts.append(f"The details of {count(left_out, 'dataset')} are left out: the comment would be too long.\n")
    return "\n".join(parts)


def code(text: str) -> str:
    """The text as code, in a table too. Nothing in it is Markdown or HTML, and no person or issue is linked.

    >>> code("train.epochs"), code("a|b")
    ('`train.epochs`', '<code>a&#124;b</code>')
    """
    line = " ".join(text.split())
    if _PLAIN.fullmatch(line):
        return f"`{line}`"
    return f"<code>{''.join(c if c.isalnum() or c == ' ' else f'&#{ord(c)};' for c in line)}</code>"


def escape(text: str) -> str:
    """
    >>> escape("a <b> *c* d_e"), escape("run `restage run`")
    ('a &#60;b&#62; &#42;c&#42; d_e', 'run `restage run`')
    """
    line = _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", " ".join(text.split()))
    line = _ESCAPED_COMMAND.sub(r"`\1`", line)
    return line.replace("@", f"@{_NO_WIDTH}")


def _with_details(comparison: Comparison) -> list[DatasetComparison]:
    return [dataset for dataset in comparison.datasets if not has_same_results(dataset)]


def _summary(comparison: Comparison) -> Iterator[str]:
    yield f"**{escape(describe_revisions(comparison))}**\n"
    for sentence in describe_stale(comparison):
        yield f"> [!WARNING]\n> {escape(sentence[0].upper() + sentence[1:])}.\n"
    if rows := [_headline_row(dataset) for dataset in _with_details(comparison)]:
        shown, length = 0, 0
        while shown < len(rows) and length < MAX_SUMMARY_LENGTH:
            length += sum(map(len, rows[shown])) + 20
            shown += 1
        yield _table(("dataset", "headline", "base", "head", "change", "result", "also"), rows[:shown])
        if shown < len(rows):
            yield f"{count(len(rows) - shown, 'more dataset')} differ.\n"
    yield from (f"{escape(sentence)}.\n" for sentence in describe_other_datasets(comparison))


def _headline_row(dataset: DatasetComparison) -> Sequence[str]:
    result = headline_result(dataset)
    return (
        code(dataset.key),
        *_headline_cells(dataset),
        f"**{result}**" if result in ("better", "worse", INVALID) else result,
        escape("; ".join(describe_rest(dataset))),
    )


def _headline_cells(dataset: DatasetComparison) -> Sequence[str]:
    """The name, the values of base and head, and their difference."""
    if headline := dataset.headline:
        return code(headline.name), *describe_values(headline), describe_difference(headline)
    if same := dataset.same_headline:
        # Until evaluate has run, the value is that of earlier parameters or data.
        head, change = (DASH, DASH) if "evaluate" in dataset.stale else (format_number(same.value), "0")
        return code(same.name), format_number(same.value), head, change
    return (DASH,) * 4


def _details(dataset: DatasetComparison) -> str:
    parts = []
    if dataset.metrics:
        header = ("metric", "base", "head", "change", "result", "evidence")
        parts.append(_table(header, map(_metric_row, dataset.metrics)))
    if same := count_same_metrics(dataset):
        parts.append(f"{count(same, 'metric')} unchanged.\n")
    if dataset.same_rows is False:
        parts.append(f"Other rows: {describe_rows(dataset.rows)}.\n")
    parts += [_table((title, "base", "head"), rows) for title, rows in _tables(dataset).items() if rows]
    parts += [f"{title}: {', '.join(texts)}.\n" for title, texts in _lists(dataset).items() if texts]
    return f"<details><summary><code>{escape(dataset.key)}</code></summary>\n\n" + "\n".join(parts) + "\n</details>\n"


def _metric_row(metric: MetricChange) -> Sequence[str]:
    return (
        code(metric.name) + (" (headline)" if metric.headline else ""),
        *describe_values(metric),
        describe_difference(metric),
        metric.result,
        escape("; ".join(describe_judgement(metric))),
    )


def _tables(dataset: DatasetComparison) -> dict[str, list[Sequence[str]]]:
    return {
        "parameter": [(code(p.name), *map(code, describe_parameter(p))) for p in dataset.parameters],
        "check": [
            (
                code(c.name),
                escape(c.base or "none"),
                f"**{escape(c.head or 'none')}**" if c.failed else escape(c.head or "none"),
            )
            for c in shown_checks(dataset)
        ],
        "size": [(s.name, *describe_size(s).split(" → ")) for s in dataset.sizes],
    }


def _lists(dataset: DatasetComparison) -> dict[str, list[str]]:
    return {
        "Checks": [*filter(None, [count_passed(dataset)])],
        "Drift": [escape(describe_drift(drift)) for drift in dataset.drift],
        "Accepted profile": [dataset.accepted_profile] if dataset.accepted_profile else [],
        "Stages": [escape(describe_stage(stage)) for stage in dataset.stages],
        "Not known": [escape(reason) for reason in dataset.unknown],
    }


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
