"""Runs Great Expectations. The library takes seconds to import, so it is imported inside the functions."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from stages.core.artefacts.records.validation import CheckRecord
from stages.core.columns.private_values import PRIVATE
from stages.core.errors import UserError, format_examples
from stages.validate.all_rows import AllRows
from stages.validate.expectations.check_results import example_rows, to_json_value
from stages.validate.expectations.dataset_expectations import Expectation

BOUNDS = ("min_value", "max_value")
# The last digits of a float64 statistic may differ between processors.
OBSERVED_DIGITS = 12


def run_expectations(rows: AllRows, expectations: Sequence[Expectation], limit: int) -> list[CheckRecord]:
    """One record for each expectation, with the first `limit` rows that fail it.

    Raises UserError with all arguments that Great Expectations refuses.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations

    configured = _configure(expectations, rows.frame)
    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("raw").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": rows.frame})
    return [_run(batch, e, c, rows, limit) for e, c in zip(expectations, configured, strict=True)]


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


def _run(batch: Any, expectation: Expectation, configured: Any, rows: AllRows, limit: int) -> CheckRecord:
    arguments = to_json_value(expectation.arguments)
    failed = CheckRecord(expectation=expectation.name, arguments=arguments, passed=False)
    is_private = not rows.private.isdisjoint(expectation.columns)
    # The library ignores the case of column names.
    absent = [name for name in expectation.columns if name not in rows.frame.columns]
    if absent:
        return failed.model_copy(update={"problem": f"column {format_examples(map(repr, absent))} does not exist"})
    summary = {"result_format": "SUMMARY", "partial_unexpected_count": limit}
    try:
        result = batch.validate(configured, result_format=summary)
    except Exception as error:  # noqa: BLE001 - an expectation that cannot be evaluated has failed
        exceptions = [str(error)]
    else:
        exceptions = _exception_messages(result.exception_info)
    if exceptions:
        # The library's messages may have values.
        reason = PRIVATE if is_private else " ".join("; ".join(exceptions).split())
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


def _exception_messages(info: Mapping[str, Any]) -> list[str]:
    """`info` describes one exception of the expectation, or has one entry for each metric that it needs."""
    exceptions = [info] if "raised_exception" in info else list(info.values())
    return sorted({str(e["exception_message"]) for e in exceptions if e["raised_exception"]})


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
