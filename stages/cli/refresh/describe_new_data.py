"""The lines that `restage refresh` prints about changed data. They hold names and counts, no value of a row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from stages.cli.datasets.list_datasets import align_columns
from stages.cli.refresh.comparison.compare_data import ClassCounts, ColumnChanges, DataChanges
from stages.cli.refresh.comparison.compare_splits import count_moves
from stages.cli.refresh.comparison.compare_with_recorded import Comparison
from stages.core.artefacts.processed import TEST
from stages.core.artefacts.records.refreshed import RowChanges
from stages.core.artefacts.records.validation import DriftRecord
from stages.core.errors import format_examples
from stages.download.current_hashes import CurrentFile
from stages.report.rendering.format_text import DASH, count
from stages.report.sections.refresh_notes import describe_test_rows
from stages.validate.drift.compare_profiles import describe_drift

SHOWN_DIGITS = 12
# Of files and of classes.
MAX_SHOWN = 12


def describe_files(files: Mapping[str, CurrentFile]) -> Iterator[str]:
    """One line for each file; those that did not change are counted."""
    changed = [file for file in files.values() if file.changed]
    for file in changed[:MAX_SHOWN]:
        pinned, current = next((p, c) for p, c in file.hashes.items() if p != c)
        yield f"{file.location}: {pinned[:SHOWN_DIGITS]}... is now {current[:SHOWN_DIGITS]}..."
    if len(changed) > MAX_SHOWN:
        yield f"{count(len(changed) - MAX_SHOWN, 'other file')} changed"
    if same := len(files) - len(changed):
        yield f"{count(same, 'other file is', 'other files are')} as before"


def describe_comparison(comparison: Comparison) -> Iterator[str]:
    if comparison.changes is None:
        yield f"The old data cannot be compared: {comparison.not_compared}."
        yield from describe_profile_rows(comparison.drift)
    else:
        yield from describe_data(comparison.changes)
    yield describe_accepted_drift(comparison.drift)


def describe_others(others: Sequence[str]) -> Iterator[str]:
    if others:
        yield f"Datasets that read the same source, so that their data change too: {format_examples(others)}."


def describe_failed(failed: Sequence[str]) -> Iterator[str]:
    """What is wrong with the data, or with what conf/ expects of them."""
    if failed:
        yield "\nValidate will fail, unless you correct the data or what conf/ expects of them:"
        yield from (f"- {message}" for message in failed)


def changes_document(
    key: str,
    files: Mapping[str, CurrentFile],
    comparison: Comparison,
    others: Sequence[str],
    errors: Sequence[str],
    failed: Sequence[str],
) -> dict[str, object]:
    """The same as JSON."""
    changes = comparison.changes
    return {
        "dataset": key,
        "changed": True,
        "files": {name: {"location": file.location, "hashes": dict(file.hashes)} for name, file in files.items()},
        "not_compared": comparison.not_compared or None,
        "rows": changes and changes.rows.model_dump(),
        "splits": changes and {name: each.model_dump() for name, each in changes.splits.items()},
        "not_split": changes and (changes.not_split or None),
        "columns": changes and asdict(changes.columns),
        "classes": changes and changes.classes,
        "drift": comparison.drift.model_dump(mode="json"),
        "other_datasets": list(others),
        "errors": list(errors),
        "failed_checks": list(failed),
    }


def describe_data(changes: DataChanges) -> Iterator[str]:
    yield ""
    yield from row_table(changes)
    yield ""
    if changes.not_split:
        yield f"The splits cannot be compared: {changes.not_split}."
    else:
        yield describe_moves(changes.splits, changes.is_table)
    if (test := changes.splits.get(TEST)) is not None:
        sentence = describe_test_rows(test)
        yield sentence[0].upper() + sentence[1:]
    yield from describe_columns(changes.columns)
    for target, counts in changes.classes.items():
        yield from class_table(target, counts)


def row_table(changes: DataChanges) -> list[str]:
    columns = ("rows", "before", "now", "same", "changed", "gone", "new", "moved out", "moved in")
    all_rows = _row("all", changes.rows)
    rows = [(*all_rows[:-2], DASH, DASH), *(_row(name, each) for name, each in changes.splits.items())]
    return align_columns([columns, *rows])


def _row(name: str, changes: RowChanges) -> tuple[str, ...]:
    numbers = (
        changes.before, changes.now, changes.same, changes.changed, changes.gone, changes.added,
        changes.moved_out, changes.moved_in,
    )  # fmt: skip
    return (name, *(f"{number:,}" for number in numbers))


def describe_moves(splits: Mapping[str, RowChanges], is_table: bool) -> str:
    moved = count_moves(splits)
    if not moved:
        return "No row moves to another split."
    moves = f"{count(moved, 'row is', 'rows are')} in another split than before"
    advice = "; with `split: {order: hash, key: COLUMN}` none would be" if is_table else ""
    return f"{moves}{advice}."


def describe_columns(columns: ColumnChanges) -> Iterator[str]:
    if columns.added:
        yield f"new columns: {format_examples(columns.added)}"
    if columns.removed:
        yield f"columns that are gone: {format_examples(columns.removed)}"
    if columns.types:
        yield f"other types: {format_examples(f'{name} ({old}, now {new})' for name, old, new in columns.types)}"
    if columns.values:
        values = (f"{name} in {count(rows, 'row')}" for name, rows in columns.values.items())
        yield f"changed values: {format_examples(values)}"


def class_table(target: str, counts: ClassCounts) -> Iterator[str]:
    """Classes whose number of rows changed; of many, those that changed most."""
    changed = {name: pair for name, pair in counts.items() if pair[0] != pair[1]}
    if not changed:
        yield f"classes of {target}: as many rows of each as before"
        return
    most = sorted(changed, key=lambda name: -abs(changed[name][1] - changed[name][0]))[:MAX_SHOWN]
    shown = [name for name in changed if name in most]
    yield ""
    rows = [(name, f"{changed[name][0]:,}", f"{changed[name][1]:,}", _class_note(changed[name])) for name in shown]
    yield from align_columns([(f"class of {target}", "before", "now", ""), *rows])
    if more := len(changed) - len(shown):
        yield f"{count(more, 'other class', 'other classes')} changed"


def _class_note(counts: tuple[int, int]) -> str:
    """
    >>> _class_note((0, 3)), _class_note((3, 0)), _class_note((3, 4))
    ('new', 'gone', '')
    """
    return "new" if not counts[0] else "gone" if not counts[1] else ""


def describe_accepted_drift(drift: DriftRecord) -> str:
    if not drift.accepted:
        return "No profile was accepted, so that drift is not known."
    return describe_drift(drift) or f"No drift from the accepted profile in {count(len(drift.columns), 'column')}."


def describe_profile_rows(drift: DriftRecord) -> Iterator[str]:
    """The number of rows in the accepted profile and now, if the old rows are not available."""
    if drift.accepted:
        yield f"The accepted profile has {count(drift.accepted_rows or 0, 'row')}; now there are {drift.rows or 0:,}."
