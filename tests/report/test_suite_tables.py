from typing import Any

import pytest

from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.report.format_text import DASH
from stages.report.suite_tables import DATA_CHECK_COLUMNS, HEADLINE_COLUMNS, data_checks_table, headline_table
from tests.report.example_records import NEAR_DUPLICATES, class_evaluation, validation_record, value_evaluation


def cells(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|\n").split("|")] for line in text.splitlines()]


def headline_row(evaluation: EvaluationRecord) -> list[str]:
    return cells(headline_table(["mine"], {"mine": evaluation}))[2]


def test_the_whole_headline_table() -> None:
    assert headline_table(["flowers"], {"flowers": class_evaluation()}) == (
        "| dataset | metric | test | mean | spread | worst | seeds | baseline | improvement | to reach |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        f"| flowers | accuracy | 0.75 | {DASH} | {DASH} | {DASH} | 1 | 0.5 (majority) | 0.25 | {DASH} |\n"
    )


def test_several_seeds_and_a_value_to_reach() -> None:
    seeds = {"count": 5, "mean": 0.78125, "spread": 0.012345678, "worst": 0.7}
    assert headline_row(class_evaluation(seeds=seeds, reach=0.98)) == [
        *("mine", "accuracy", "0.75", "0.7812", "0.01235", "0.7", "5", "0.5 (majority)", "0.25", "0.98"),
    ]


def test_zeros_are_values() -> None:
    seeds = {"count": 2, "mean": 0.75, "spread": 0.0, "worst": 0.75}
    row = headline_row(class_evaluation(seeds=seeds, reach=0.0))
    assert row[3:7] == ["0.75", "0", "0.75", "2"]
    assert row[-1] == "0"


def test_a_model_worse_than_its_baseline_has_a_negative_gain() -> None:
    assert headline_row(value_evaluation())[7:9] == ["2 (persistence)", "-0.5"]


def test_the_headline_of_several_targets_names_its_target() -> None:
    evaluation = class_evaluation(
        headline={"target": "y2", "metric": "r2", "baseline": "linear", "value": 0.991234, "baseline_value": 0.9},
        metrics={"y1": {"r2": 0.5}, "y2": {"r2": 0.991234}},
    )
    row = headline_row(evaluation)
    assert row[1:3] == ["y2.r2", "0.9912"]
    assert row[7] == "0.9 (linear)"


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
    assert cells(data_checks_table(["mine"], {"mine": record}))[2] == ["mine", "1,200", "7 of 9", "3", "7", "5", "6"]


def test_near_duplicates_that_were_not_searched() -> None:
    record = validation_record(near_duplicates=NEAR_DUPLICATES | {"across_splits": None})
    assert cells(data_checks_table(["mine"], {"mine": record}))[2][4] == DASH


@pytest.mark.parametrize(
    ("table", "record", "columns"),
    [
        (headline_table, class_evaluation(), HEADLINE_COLUMNS),
        (data_checks_table, validation_record(), DATA_CHECK_COLUMNS),
    ],
)
def test_datasets_are_in_the_order_of_the_suite(table: Any, record: Any, columns: tuple[str, ...]) -> None:
    rows = cells(table(["zebra", "later", "apple"], {"apple": record, "zebra": record}))
    assert [row[0] for row in rows[2:]] == ["zebra", "later", "apple"]
    assert rows[3] == ["later", *[DASH] * len(columns)]
    assert {len(row) for row in rows} == {len(columns) + 1}
    assert len(cells(table([], {}))) == 2
