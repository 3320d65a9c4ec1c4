from stages.report.sections.predictions.predicted_column import predicted_column
from tests.report.example_datasets import prices
from tests.report.example_forecasts import COLUMN, months


def test_a_column_has_the_lines_of_predictions_csv() -> None:
    column = predicted_column("price", prices().predictions)
    fields = (column.rows, column.truth, column.predicted, column.steps, column.lower, column.upper)
    assert (column.name, *(field.tolist() for field in fields)) == (
        "price", [9, 10, 11], [19.0, 21.0, 20.0], [17.5, 19.0, 20.25], [], [], [],
    )  # fmt: skip
    assert column.of_step(1) is column


def test_the_lines_of_one_step() -> None:
    """Three steps ahead from 36 on: row 36 + n is predicted by line 3 n, 3 n + 1 is one step further."""
    column = predicted_column(COLUMN, months().predictions)
    second = column.of_step(2)
    assert second.rows.tolist() == list(range(37, 47))
    assert second.steps.tolist() == [2] * 10
    assert second.predicted.tolist() == column.predicted[1::3].tolist()
    assert (second.upper - second.lower).tolist() == [14.0] * 10
