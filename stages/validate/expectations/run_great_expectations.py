"""Runs Great Expectations. The library takes seconds to import, so it is imported inside the functions."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from stages.core.artefacts.records.validation import CheckRecord
from stages.core.columns.private_values import PRIVATE
from stages.core.errors import UserError, format_examples
from stages.validate.all_rows import Rows
from stages.validate.expectations.check_results import example_rows, to_json_value
from stages.validate.expectations.dataset_expectations import Expectation
from stages.validate.expectations.library_metrics import CannotBeEvaluated, FrameEngine, MeasuredExpectation
from stages.validate.expectations.measure_blocks import measure_blocks
from stages.validate.workspace import Workspace

BOUNDS = ("min_value", "max_value")
# The last digits of a float64 statistic may differ between processors.
OBSERVED_DIGITS = 12


def run_expectations(
    rows: Rows, expectations: Sequence[Expectation], limit: int, space: Workspace | None = None
) -> list[CheckRecord]:
    """One record for each expectation, with the first `limit` rows that fail it. Rows in several blocks need a `space`.

    Raises UserError with all arguments that Great Expectations refuses.
    """
    if not expectations:
        return []
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations  # noqa: F401 - it has to come before its parts

    engine = FrameEngine()
    configured = _configure(expectations, rows.blocks[0].read())
    measured = [MeasuredExpectation(library_object, engine, limit) for library_object in configured]
    # The library ignores the case of column names.
    present = [n for n, e in enumerate(expectations) if set(e.columns) <= set(rows.columns)]
    if space is None:
        engine.load(rows.blocks[0].read())
        results = {n: _measure(measured[n]) for n in present}
    else:
        found = measure_blocks(rows, [(expectations[n], measured[n]) for n in present], engine, limit, space)
        results = dict(zip(present, found, strict=True))
    return [_record(rows, e, measured[n], results.get(n), limit) for n, e in enumerate(expectations)]


def _measure(expectation: MeasuredExpectation) -> dict[str, Any] | CannotBeEvaluated:
    try:
        return expectation.measure()
    except CannotBeEvaluated as error:
        return error


def _configure(expectations: Sequence[Expectation], frame: pd.DataFrame) -> list[Any]:
    """The library's own objects; creating one checks its arguments."""
    from great_expectations.expectations.registry import get_expectation_impl

    configured, errors = [], []
    for expectation in expectations:
        try:
            arguments = _parse_time_bounds(expectation.arguments, frame)
            configured.append(get_expectation_impl(expectation.name)(**arguments))
        except Exception as error:  # noqa: BLE001 - the library raises any exception for a wrong argument
            errors += [f"{expectation.name}: {message}" for message in _argument_errors(expectation.arguments, error)]
    if errors:
        raise UserError(*errors)
    return configured


def _parse_time_bounds(arguments: Mapping[str, Any], frame: pd.DataFrame) -> dict[str, Any]:
    """YAML gives the bounds of a time column as text, which the library would not compare as times."""
    column = arguments.get("column")
    if column not in frame or not pd.api.types.is_datetime64_any_dtype(frame[column]):
        return dict(arguments)
    return {n: pd.Timestamp(v) if n in BOUNDS and isinstance(v, str) else v for n, v in arguments.items()}


def _argument_errors(arguments: Mapping[str, Any], error: Exception) -> list[str]:
    """The first error of each argument; an error of all arguments together only if each one is valid."""
    details = getattr(error, "errors", None)
    if details is None:
        return [f"its arguments cannot be read ({type(error).__name__}: {error}); received {dict(arguments)}"]
    first: dict[str, str] = {}
    for detail in details():
        first.setdefault(detail["loc"][0], detail["msg"])
    together = first.pop("__root__", None)
    if together is not None and not first:
        return [f"{together}; received {dict(arguments)}"]
    return [
        f"{name}: {message}" + (f"; received {arguments[name]!r}" if name in arguments else "")
        for name, message in first.items()
    ]


def _record(
    rows: Rows,
    expectation: Expectation,
    measured: MeasuredExpectation,
    metrics: Mapping[str, Any] | CannotBeEvaluated | None,
    limit: int,
) -> CheckRecord:
    """`metrics` are None if the rows do not have the columns."""
    arguments = to_json_value(expectation.arguments)
    failed = CheckRecord(expectation=expectation.name, arguments=arguments, passed=False)
    if metrics is None:
        absent = [name for name in expectation.columns if name not in rows.columns]
        return failed.model_copy(update={"problem": f"column {format_examples(map(repr, absent))} does not exist"})
    is_private = not rows.private.isdisjoint(expectation.columns)
    try:
        if isinstance(metrics, CannotBeEvaluated):
            raise metrics
        result = measured.judge(metrics)
    except CannotBeEvaluated as error:
        # The library's messages may have values.
        reason = PRIVATE if is_private else " ".join("; ".join(error.messages).split())
        return failed.model_copy(update={"problem": f"cannot be evaluated: {reason}"})
    details = result.result
    positions = [int(row) for row in details.get("partial_unexpected_index_list", [])[:limit]]
    return CheckRecord(
        expectation=expectation.name,
        arguments=arguments,
        passed=bool(result.success),
        observed=PRIVATE if is_private else to_json_value(_observed(details), OBSERVED_DIGITS),
        unexpected=int(details.get("unexpected_count", 0)),
        examples=example_rows(rows, positions, expectation.columns),
        problem=None if result.success else _mismatched_columns(details),
    )


def _observed(details: Mapping[str, Any]) -> Any:
    """The observed value; for a set of distinct values, which ones are unexpected and which ones are missing."""
    if "element_count" in details:
        return None
    sets = {n: _listed_values(details, n) for n in ("unexpected", "missing") if f"partial_{n}_list" in details}
    return sets or details.get("observed_value")


def _listed_values(details: Mapping[str, Any], name: str) -> Any:
    """All values, or only their number if the library cut the list, since it does so in random order."""
    values, count = details[f"partial_{name}_list"], details[f"{name}_count"]
    return sorted(values, key=lambda v: (type(v).__name__, v)) if len(values) == count else f"{count} values"


def _mismatched_columns(details: Mapping[str, Any]) -> str | None:
    """Columns that are missing, unexpected or in another order than expected."""
    mismatched = details.get("details", {}).get("mismatched")
    if not mismatched:
        return None
    if isinstance(mismatched, dict):
        return "; ".join(f"{kind} {format_examples(map(repr, names))}" for kind, names in sorted(mismatched.items()))
    return format_examples(f"{m['Found']!r} where {m['Expected']!r} is expected" for m in mismatched)
