"""Expectations judged by Great Expectations, which takes seconds to import: only here, and only when asked."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from stages.core.errors import UserError, format_examples
from stages.validate.expectations.check_result import Expected, Outcome

BOUNDS = ("min_value", "max_value")


def judge(frame: pd.DataFrame, expected: Sequence[Expected], limit: int) -> list[Outcome]:
    """One outcome each, in the order given; the first `limit` offending rows by position."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations

    built = build(frame, expected)
    batch = _batch(great_expectations, frame)
    return [_outcome(batch, e, b, frame, limit) for e, b in zip(expected, built, strict=True)]


def _batch(library: Any, frame: pd.DataFrame) -> Any:
    context = library.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("raw").add_dataframe_asset("rows")
    return asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})


def build(frame: pd.DataFrame, expected: Sequence[Expected]) -> list[Any]:
    """The library's own objects; it checks the arguments' types, and all its complaints come at once."""
    built, errors = [], []
    for one in expected:
        try:
            built.append(_built(one, frame))
        except Exception as error:  # noqa: BLE001 - the library raises anything for a wrong argument
            errors += [f"{one.name}: {complaint}" for complaint in _complaints(one, error)]
    if errors:
        raise UserError(*errors)
    return built


def _built(one: Expected, frame: pd.DataFrame) -> Any:
    from great_expectations.expectations.registry import get_expectation_impl

    return get_expectation_impl(one.name)(**_as_times(one.arguments, frame))


def _as_times(arguments: Mapping[str, Any], frame: pd.DataFrame) -> dict[str, Any]:
    """YAML has bounds of a time column as text, which the library would compare as a date or not at all."""
    column = arguments.get("column")
    if column not in frame or not pd.api.types.is_datetime64_any_dtype(frame[column]):
        return dict(arguments)
    return {n: pd.Timestamp(v) if n in BOUNDS and isinstance(v, str) else v for n, v in arguments.items()}


def _complaints(one: Expected, error: Exception) -> Iterator[str]:
    """The first about each argument, which gets one a type that it may have; about all of them if each is right."""
    errors = getattr(error, "errors", None)
    if errors is None:
        yield f"its arguments cannot be read ({type(error).__name__}: {error}); received {dict(one.arguments)}"
        return
    first: dict[str, str] = {}
    for found in errors():
        first.setdefault(found["loc"][0], found["msg"])
    whole = first.pop("__root__", None)
    if whole is not None and not first:
        yield f"{whole}; received {dict(one.arguments)}"
    for argument, message in first.items():
        received = f"; received {one.arguments[argument]!r}" if argument in one.arguments else ""
        yield f"{argument}: {message}{received}"


def _outcome(batch: Any, one: Expected, built: Any, frame: pd.DataFrame, limit: int) -> Outcome:
    absent = [c for c in one.columns if c not in frame.columns]
    if absent:
        problem = f"column {format_examples(map(repr, absent))} is not there"
        return Outcome(one.name, one.arguments, passed=False, problem=problem)
    try:
        result = batch.validate(built, result_format={"result_format": "SUMMARY", "partial_unexpected_count": limit})
    except Exception as error:  # noqa: BLE001 - what the library cannot judge has not passed
        return Outcome(one.name, one.arguments, passed=False, problem=_cannot([str(error)]))
    return _read(one, result, limit)


def _read(one: Expected, result: Any, limit: int) -> Outcome:
    found = result.result
    raised = _raised(result.exception_info)
    return Outcome(
        one.name,
        one.arguments,
        passed=bool(result.success) and not raised,
        observed=_observed(found),
        unexpected=int(found.get("unexpected_count", 0)),
        rows=[int(row) for row in found.get("partial_unexpected_index_list", [])[:limit]],
        columns=one.columns,
        problem=_cannot(raised) if raised else None if result.success else _mismatch(found),
    )


def _raised(info: Mapping[str, Any]) -> list[str]:
    """One for the expectation, or one for each figure that it needed."""
    found = [info] if "raised_exception" in info else list(info.values())
    return sorted({str(e["exception_message"]) for e in found if e["raised_exception"]})


def _cannot(messages: Sequence[str]) -> str:
    return "cannot be judged: " + " ".join("; ".join(messages).split())


def _observed(found: Mapping[str, Any]) -> Any:
    """A figure, or for a set of distinct values what is too much and too little of it."""
    if "element_count" in found:
        return None
    sets = {n: _listed(found, n) for n in ("unexpected", "missing") if f"partial_{n}_list" in found}
    return sets or found.get("observed_value")


def _listed(found: Mapping[str, Any], name: str) -> Any:
    """The library cuts a long list, in an order that changes from run to run: then only the count is told."""
    listed, count = found[f"partial_{name}_list"], found[f"{name}_count"]
    return sorted(listed, key=lambda v: (type(v).__name__, v)) if len(listed) == count else f"{count} values"


def _mismatch(found: Mapping[str, Any]) -> str | None:
    """Columns that are too many, not there or not in their place."""
    mismatched = found.get("details", {}).get("mismatched")
    if not mismatched:
        return None
    if isinstance(mismatched, dict):
        return "; ".join(f"{kind} {format_examples(map(repr, names))}" for kind, names in sorted(mismatched.items()))
    places = (f"{m['Found']!r} where {m['Expected']!r} is expected" for m in mismatched)
    return format_examples(places)
