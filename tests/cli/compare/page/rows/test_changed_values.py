from dataclasses import replace

from stages.cli.compare.page.rows.changed_values import MAX_ROWS, changed_values
from stages.cli.compare.page.rows.row_inputs import RawRows
from stages.core.artefacts.raw.raw_data import Table
from stages.report.recorded.recorded_predictions import Predictions
from stages.report.rendering.format_text import MINUS
from tests.report.example_datasets import prices, two_targets, value_predictions
from tests.report.example_forecasts import COLUMN, months

BASE = value_predictions("price", [(4, 10.0, 14.0), (5, 20.0, 21.0), (6, 30.0, 30.0), (7, 40.0, 30.0)])
HEAD = value_predictions("price", [(4, 10.0, 9.0), (5, 20.0, 23.0), (6, 30.0, 30.0), (7, 40.0, 31.0)])


def cells(predictions: Predictions = HEAD, raw_rows: RawRows | None = None) -> dict[str, list[list[str]]]:
    changed = changed_values("price", BASE, predictions, raw_rows)
    assert changed is not None
    return {errors.title: errors.table.rows for errors in changed.tables}


def test_rows_with_a_smaller_and_with_a_larger_error() -> None:
    assert cells() == {
        "Smaller error in head": [
            ["4", "10", "14", "9", "4", "1", f"{MINUS}3"],
            ["7", "40", "30", "31", "10", "9", f"{MINUS}1"],
        ],
        "Larger error in head": [["5", "20", "21", "23", "1", "3", "+2"]],
    }


def test_how_many_errors_are_smaller_and_larger() -> None:
    changed = changed_values("price", BASE, HEAD, None)
    assert changed is not None
    assert changed.sentence.startswith(
        "Of 4 rows, head has the smaller absolute error for 2, and the larger one for 1."
    )
    assert changed.chart is not None
    assert "row 4: 4 in base, 1 in head" in changed.chart.svg


def test_equal_predictions() -> None:
    assert changed_values("price", BASE, BASE, None) is None


def test_only_the_largest_changes_are_shown() -> None:
    number = MAX_ROWS + 2
    base = value_predictions("price", [(row, 0.0, 1.0) for row in range(number)])
    head = value_predictions("price", [(row, 0.0, 2.0 + row) for row in range(number)])
    changed = changed_values("price", base, head, None)
    assert changed is not None
    (errors,) = changed.tables
    assert [row[0] for row in errors.table.rows] == [str(number - 1 - place) for place in range(MAX_ROWS)]


def test_the_time_of_a_row_of_a_series() -> None:
    example = prices()
    base = value_predictions("price", [(9, 19, 17.5)])
    head = value_predictions("price", [(9, 19, 19.0)])
    changed = changed_values("price", base, head, RawRows(example.raw, example.processed.fitted))
    assert changed is not None
    assert changed.tables[0].table.rows[0][:2] == ["9", "2020-02-08"]
    # One row needs no chart.
    assert changed.chart is None


def test_steps_ahead_are_told_apart() -> None:
    example = months()
    values = example.predictions.values
    head = replace(example.predictions, values={**values, f"{COLUMN}_predicted": values[f"{COLUMN}_truth"]})
    changed = changed_values(COLUMN, example.predictions, head, None)
    assert changed is not None
    (errors,) = changed.tables
    assert [name for name, _ in errors.table.head][:3] == ["row", "rows ahead", "truth"]
    # The error of base is as large as the number of steps ahead.
    assert {row[1] for row in errors.table.rows} == {"3"}
    assert changed.sentence.startswith("Of 30 predictions")


def test_a_private_column_has_no_values() -> None:
    example = two_targets()
    assert isinstance(example.raw, Table)
    private = Table(example.raw.frames, classes=example.raw.classes, private=["length"])
    head = value_predictions("width", [(4, 0.25, 0.25), (5, 1.0, 1.0), (6, 2.0, 2.0), (7, 1.75, 1.75)])
    changed = changed_values("width", example.predictions, head, RawRows(private, example.processed.fitted))
    assert changed is not None
    assert {row[1] for row in changed.tables[0].table.rows} == {"private"}
