import numpy as np

from stages.cli.predict.output.text_table import text_table
from stages.core.artefacts.processed import TargetSpec
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.predictor import TargetPrediction
from stages.inference.read.row_block import RowBlock

CLASSES = TargetSpec(column=ClassLabels(columns=["y"], encoding="integer", classes=["no", "yes"]))
VALUES = TargetSpec(column=NumberColumns(columns=["price"]))


def block(count: int, **carried: list) -> RowBlock:
    return RowBlock(RawRows({}, count), np.arange(1, count + 1), carried)


def classes(*yes: float) -> TargetPrediction:
    shares = np.array([[1 - share, share] for share in yes], np.float32)
    return TargetPrediction(CLASSES, np.argmax(shares, axis=1), shares)


def test_classes_have_the_probability_of_the_predicted_one() -> None:
    assert text_table(block(2, id=["a", "b"]), {"y": classes(0.75, 0.125)}).splitlines() == [
        "row  y    probability",
        "1    yes  0.7500",
        "2    no   0.8750",
    ]


def test_one_row_has_the_probabilities_of_all_classes() -> None:
    assert text_table(block(1), {"y": classes(0.25)}).splitlines()[3:] == [
        "y    probability",
        "no   0.7500",
        "yes  0.2500",
    ]


def test_forecasts_with_dates_and_an_interval() -> None:
    bounds = np.array([[1.5], [1.75]])
    prediction = TargetPrediction(VALUES, np.array([[2.0], [1234.5678]]), None, bounds, bounds + 1)
    lines = text_table(block(2, day=["2020-01-01", "2020-01-02"], step=[1, 2]), {"price": prediction}).splitlines()
    assert lines == [
        "day         step  price    from  to",
        "2020-01-01  1     2        1.5   2.5",
        "2020-01-02  2     1234.57  1.75  2.75",
    ]


def test_several_targets() -> None:
    price = TargetPrediction(VALUES, np.array([[2.0]]))
    header = text_table(block(1), {"y": classes(0.25), "price": price}).splitlines()[0]
    assert header == "row  y   y probability  price"
