"""Which columns of a table are inputs and targets."""

import re
from collections.abc import Mapping
from itertools import chain

from stages.core.artefacts.raw.raw_data import Table
from stages.core.errors import ErrorList, UserError, suggest
from stages.preprocess.params import Preprocess

ColumnNames = dict[str, list[str]]
# The name of the input if conf gives none.
DEFAULT_INPUT = "x"
_USABLE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def select_columns(params: Preprocess, table: Table) -> tuple[ColumnNames, ColumnNames]:
    """Return the columns of each input and of each target. Raises a UserError with everything wrong in the names."""
    targets = _target_columns(params)
    inputs = params.inputs
    if inputs is None:
        # A window ends before its target, so the earlier values of the target may be inputs.
        excluded = {table.time} if params.window else {table.time, *chain.from_iterable(targets.values())}
        excluded |= params.columns_of_no_input
        inputs = [column for column in table.columns if column not in excluded]
    if isinstance(inputs, list):
        inputs = {DEFAULT_INPUT: inputs}
    errors = ErrorList()
    _check_names("inputs", inputs, table.columns, errors)
    _check_names("targets", targets, table.columns, errors)
    for name in params.columns:
        errors.check(name in table.columns, f"preprocess.columns: no column {name!r}; {suggest(name, table.columns)}")
    for name in sorted(inputs.keys() & targets.keys()):
        errors.add(
            f"preprocess.targets: {name!r} is the name of an input; use another one as in `targets: {{y: {name}}}`"
        )
    for name in params.labels if isinstance(params.labels, dict) else ():
        errors.check(name in targets, f"preprocess.labels: no target {name!r}; {suggest(name, list(targets))}")
    errors.raise_if_any()
    return inputs, targets


def _target_columns(params: Preprocess) -> ColumnNames:
    match params.targets:
        case None:
            raise UserError("preprocess.targets: missing; name the column to predict")
        case str() as column:
            return {column: [column]}
        case list() as columns:
            return {"y": columns}
        case named:
            return {name: [c] if isinstance(c, str) else c for name, c in named.items()}


def _check_names(key: str, selected: Mapping[str, list[str]], known: list[str], errors: ErrorList) -> None:
    errors.check(bool(selected), f"preprocess.{key}: names no column")
    for name, columns in selected.items():
        errors.check(bool(columns), f"preprocess.{key}: no column for {name}")
        example = f"inputs: {{size: [{name}]}}" if key == "inputs" else f"targets: {{price: {name}}}"
        errors.check(
            bool(_USABLE_NAME.fullmatch(name)),
            f"preprocess.{key}: {name!r} cannot name a file and a layer; use letters, digits, _, - and . as in "
            f"`{example}`",
        )
        for column in columns:
            errors.check(column in known, f"preprocess.{key}: no column {column!r}; {suggest(column, known)}")
