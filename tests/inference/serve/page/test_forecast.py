import numpy as np

from stages.core.artefacts.processed import TargetSpec
from stages.core.columns.number_columns import NumberColumns
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.predictor import TargetPrediction
from stages.inference.serve.page.forecast import forecast_html

KNOWN = RawRows({"level": np.array([1.0, 2.0])}, 2)


def test_the_level_of_the_interval_is_shown() -> None:
    values = np.array([[3.0]])
    spec = TargetSpec(column=NumberColumns(columns=["level"]))
    with_interval = TargetPrediction(spec, values, lower=values - 1, upper=values + 1, level=0.8)
    for prediction, is_shown in [(with_interval, True), (TargetPrediction(spec, values), False)]:
        html = forecast_html("level", prediction, [1], ["1 ahead"], KNOWN, None)
        assert ("should hold 80% of the values" in html) is is_shown
