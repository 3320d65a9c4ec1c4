"""The expectations of one dataset: those of every dataset, and those in conf/."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stages.core.artefacts.raw.raw_data import Images, RawData, Table
from stages.core.errors import UserError
from stages.validate.all_rows import LABEL
from stages.validate.expectations.expectation_names import columns_read
from stages.validate.params import Validate
from stages.validate.row_statistics import IMAGE_STATISTICS, TEXT_STATISTICS


@dataclass(frozen=True)
class Expectation:
    """The name of an expectation in Great Expectations, and its arguments."""

    name: str
    arguments: Mapping[str, Any]

    @property
    def columns(self) -> list[str]:
        return columns_read(self.name, self.arguments)


def common_expectations(raw: RawData, params: Validate) -> list[Expectation]:
    """What is expected of every dataset: its columns, values in them, and known classes."""
    classes: Mapping[str, Sequence[Any]]
    if isinstance(raw, Table):
        if params.columns is None:
            found = json.dumps(raw.columns, ensure_ascii=False)
            raise UserError(f"validate.columns: missing; list the exact columns of the table: `columns: {found}`")
        columns, classes = params.columns, raw.classes
    else:
        columns, classes = _statistic_columns(isinstance(raw, Images), params), {LABEL: range(len(raw.classes))}
    required = [name for name in columns if name not in params.may_be_missing]
    return [
        Expectation("expect_table_columns_to_match_set", {"column_set": columns}),
        *(Expectation("expect_column_values_to_not_be_null", {"column": name}) for name in required),
        *(
            Expectation("expect_column_values_to_be_in_set", {"column": name, "value_set": list(values)})
            for name, values in classes.items()
        ),
    ]


def conf_expectations(params: Validate) -> list[Expectation]:
    return [Expectation(name, arguments) for entry in params.expectations for name, arguments in entry.items()]


def _statistic_columns(of_images: bool, params: Validate) -> list[str]:
    kind, statistics = ("images", IMAGE_STATISTICS) if of_images else ("tokens", TEXT_STATISTICS)
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
