from typing import Any

import pytest

from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.report.rendering.format_text import DASH
from stages.report.suite.markdown_tables import DATA_CHECK_COLUMNS, HEADLINE_COLUMNS, data_checks_table, headline_table
from tests.report.example_records import NEAR_DUPLICATES, class_evaluation, validation_record, value_evaluation


def table_cells(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|\n").split("|")] for line in text.splitlines()]


def test_the_whole_headline_table() -> None:
    assert headline_table(["flowers"], {"flowers": class_evaluation()}) == (
        "| dataset | metric | split | value | mean | spread | worst | seeds | best baseline | improvement "
        "| 95% interval | to reach |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        f"| flowers | accuracy | test | 0.75 | {DASH} | {DASH} | {DASH} | 1 | 0.5 (majority) | 0.25 "
        f"| {DASH} | {DASH} |\n"
    )


SEEDS = {"count": 5, "mean": 0.78125, "spread": 0.012345678, "worst": 0.7}
SEEDS_CELLS = {"value": "0.75", "mean": "0.7812", "spread": "0.01235", "worst": "0.7", "seeds": "5", "to reach": "0.98"}
SECOND_TARGET = class_evaluation(
    headline={"target": "y2", "metric": "r2", "value": 0.991234},
    best_baseline={"name": "linear", "value": 0.9, "improvement": 0.091234},
    metrics={"y1": {"r2": 0.5}, "y2": {"r2": 0.991234}},
)


@pytest.mark.parametrize(
    ("evaluation", "cells"),
    [
        (class_evaluation(seeds=SEEDS, reach=0.98), SEEDS_CELLS),
        (class_evaluation(seeds=SEEDS | {"spread": 0.0}, reach=0.0), SEEDS_CELLS | {"spread": "0", "to reach": "0"}),
        (value_evaluation(), {"best baseline": "2 (persistence)", "improvement": "-0.5"}),
        (
            class_evaluation(
                best_baseline={"name": "logistic", "value": 0.8, "improvement": -0.05, "interval": (-0.1, 0)}
            ),
            {"best baseline": "0.8 (logistic)", "improvement": "-0.05", "95% interval": "-0.1 to 0"},
        ),
        (value_evaluation(split="train"), {"split": "train"}),
        (SECOND_TARGET, {"metric": "y2.r2", "value": "0.9912", "best baseline": "0.9 (linear)"}),
    ],
    ids=[
        "several seeds and a value to reach",
        "zeros are values",
        "worse than the baseline",
        "an interval",
        "training rows",
        "second target",
    ],
)
def test_the_headline_of_a_dataset(evaluation: EvaluationRecord, cells: dict[str, str]) -> None:
    row = table_cells(headline_table(["mine"], {"mine": evaluation}))[2]
    found = dict(zip(("dataset", *HEADLINE_COLUMNS), row, strict=True))
    assert found["dataset"] == "mine"
    assert {name: found[name] for name in cells} == cells


def test_the_whole_data_checks_table() -> None:
    assert data_checks_table(["flowers"], {"flowers": validation_record()}) == (
        "| dataset | rows | expectations met | duplicates | near duplicates | redundant columns | drifted columns |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
        f"| flowers | 8 | 1 of 1 | 0 | 0 | 0 | {DASH} |\n"
    )


def test_counts_of_the_data_checks() -> None:
    record = validation_record(
        rows=1200,
        expectations=9,
        failed=2,
        duplicates={"across_splits": 1, "within_splits": 2, "examples": []},
        near_duplicates=NEAR_DUPLICATES | {"across_splits": 3, "within_splits": 4},
        redundant_columns={"pairs": 5, "examples": []},
        drift={"accepted": True, "rows": 1200, "accepted_rows": 1000, "drifted": 6},
    )
    row = table_cells(data_checks_table(["mine"], {"mine": record}))[2]
    assert row == ["mine", "1,200", "7 of 9", "3", "7", "5", "6"]


def test_near_duplicates_that_were_not_searched() -> None:
    record = validation_record(near_duplicates=NEAR_DUPLICATES | {"across_splits": None})
    assert table_cells(data_checks_table(["mine"], {"mine": record}))[2][4] == DASH


@pytest.mark.parametrize(
    ("table", "record", "columns"),
    [
        (headline_table, class_evaluation(), HEADLINE_COLUMNS),
        (data_checks_table, validation_record(), DATA_CHECK_COLUMNS),
    ],
)
def test_datasets_are_in_the_order_of_the_suite(table: Any, record: Any, columns: tuple[str, ...]) -> None:
    rows = table_cells(table(["zebra", "later", "apple"], {"apple": record, "zebra": record}))
    assert [row[0] for row in rows[2:]] == ["zebra", "later", "apple"]
    assert rows[3] == ["later", *[DASH] * len(columns)]
    assert {len(row) for row in rows} == {len(columns) + 1}
    assert len(table_cells(table([], {}))) == 2
