from stages.cli.compare.page.forecast_charts import forecast_charts
from stages.cli.compare.page.rows.row_inputs import RawRows
from tests.cli.compare.page.recorded_example import predicted
from tests.report.example_datasets import ExampleDataset, flowers, prices
from tests.report.example_forecasts import COLUMN, months


def raw_rows(example: ExampleDataset) -> RawRows:
    return RawRows(example.raw, example.processed.fitted)


def test_the_last_forecasts_of_both_and_the_truth() -> None:
    example = months()
    truth = list(map(str, example.predictions.values[f"{COLUMN}_truth"]))
    head = predicted(example.predictions, **{f"{COLUMN}_predicted": truth})
    (chart,) = forecast_charts(example.predictions, head, raw_rows(example))
    assert chart.title == f"{COLUMN}: the last 3 forecasts"
    assert [name for _, name in chart.legend] == ["truth", "base", "head", "last known row"]
    assert str(chart.svg).count('class="line muted"') == 3
    assert str(chart.svg).count('class="line accent"') == 3
    # The last row, in the time of the raw data.
    assert "2013-12-01: head 184<" in chart.svg


def test_forecasts_of_one_step_are_one_curve() -> None:
    example = prices()
    head = predicted(example.predictions, price_predicted=["19", "21", "20"])
    (chart,) = forecast_charts(example.predictions, head, raw_rows(example))
    assert chart.title == "price: the last 3 forecasts"
    assert str(chart.svg).count('class="line accent"') == 1


def test_no_chart_of_equal_forecasts_and_of_rows_without_an_order() -> None:
    example = prices()
    assert forecast_charts(example.predictions, example.predictions, raw_rows(example)) == []
    assert forecast_charts(flowers().predictions, flowers().predictions, raw_rows(flowers())) == []
