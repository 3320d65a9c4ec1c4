"""The expectations of one dataset for Great Expectations: those of every dataset, then those in conf/."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from stages.core.artefacts.raw import Images, RawData, Table, Tokens
from stages.core.errors import UserError
from stages.validate.all_rows import LABEL
from stages.validate.expectations.expectation_names import COLUMN_SET, IN_SET, NOT_MISSING, columns_read
from stages.validate.image_statistics import IMAGE_STATISTICS
from stages.validate.params import Validate
from stages.validate.text_statistics import TEXT_STATISTICS


@dataclass(frozen=True)
class Expectation:
    """The name of an expectation in Great Expectations, and its arguments."""

    name: str
    arguments: Mapping[str, Any]

    @property
    def columns(self) -> list[str]:
        return columns_read(self.name, self.arguments)


def dataset_expectations(raw: RawData, params: Validate) -> list[Expectation]:
    match raw:
        case Table():
            return _expectations(_table_columns(raw, params), raw.classes, params)
        case Images():
            columns = _statistic_columns("images", IMAGE_STATISTICS, params)
        case Tokens():
            columns = _statistic_columns("tokens", TEXT_STATISTICS, params)
        case _:
            assert_never(raw)
    return _expectations(columns, {LABEL: range(len(raw.classes))}, params)


def _table_columns(table: Table, params: Validate) -> list[str]:
    if params.columns is None:
        found = json.dumps(table.columns, ensure_ascii=False)
        raise UserError(f"validate.columns: missing; list the exact columns of the table: `columns: {found}`")
    return params.columns


def _statistic_columns(kind: str, statistics: list[str], params: Validate) -> list[str]:
    columns = [LABEL, *statistics]
    if params.columns is not None:
        raise UserError(
            f"validate.columns: {kind} have none; remove it. Expectations can name their statistics: "
            f"{', '.join(columns)}"
        )
    errors = params.column_errors(columns)
    if errors:
        raise UserError(*(f"validate: {error}" for error in errors))
    return columns


def _expectations(columns: list[str], classes: Mapping[str, Sequence[Any]], params: Validate) -> list[Expectation]:
    required = [name for name in columns if name not in params.may_be_missing]
    return [
        Expectation(COLUMN_SET, {"column_set": columns}),
        *(Expectation(NOT_MISSING, {"column": name}) for name in required),
        *(Expectation(IN_SET, {"column": name, "value_set": list(values)}) for name, values in classes.items()),
        *(Expectation(name, arguments) for entry in params.expectations for name, arguments in entry.items()),
    ]
