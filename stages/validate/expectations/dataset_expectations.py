"""Everything that is expected of one dataset: what always is, then what conf/ adds."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from stages.core.artefacts.raw import Images, RawData, Table, Tokens
from stages.core.errors import UserError
from stages.validate.all_rows import Rows, table_rows
from stages.validate.expectations import image_statistics as profile
from stages.validate.expectations import text_statistics as texts
from stages.validate.expectations.check_result import Expected
from stages.validate.expectations.expectation_names import COLUMN_SET, IN_SET, NOT_MISSING
from stages.validate.params import Validate


@dataclass(frozen=True)
class Plan:
    """The rows to judge and what is expected of them."""

    rows: Rows
    expected: list[Expected]


def plan(raw: RawData, params: Validate) -> Plan:
    match raw:
        case Table():
            return _table_plan(raw, params)
        case Images():
            return _profile_plan("images", profile.COLUMNS, raw.classes, params, lambda: profile.image_rows(raw))
        case Tokens():
            return _profile_plan("tokens", texts.COLUMNS, raw.classes, params, lambda: texts.text_rows(raw))
        case _:
            assert_never(raw)


def _table_plan(table: Table, params: Validate) -> Plan:
    if params.columns is None:
        found = json.dumps(table.columns, ensure_ascii=False)
        raise UserError(f"validate.columns: missing; a table needs its exact columns. Found: `columns: {found}`")
    return Plan(table_rows(table), expectations(params.columns, table.classes, params))


def _profile_plan(
    what: str, columns: list[str], classes: Sequence[str], params: Validate, rows: Callable[[], Rows]
) -> Plan:
    if params.columns is not None:
        listed = ", ".join(columns)
        raise UserError(f"validate.columns: {what} have none; remove it. Expectations are on their profile: {listed}")
    strangers = params.strangers(columns)
    if strangers:
        raise UserError(*(f"validate: {fault}" for fault in strangers))
    return Plan(rows(), expectations(columns, {profile.LABEL: list(range(len(classes)))}, params))


def expectations(columns: list[str], classes: Mapping[str, Sequence[Any]], params: Validate) -> list[Expected]:
    present = [c for c in columns if c not in params.may_be_missing]
    return [
        Expected(COLUMN_SET, {"column_set": columns}),
        *(Expected(NOT_MISSING, {"column": c}) for c in present),
        *(Expected(IN_SET, {"column": c, "value_set": list(names)}) for c, names in classes.items()),
        *(Expected(name, arguments) for entry in params.expectations for name, arguments in entry.items()),
    ]
