import numpy as np

from stages.report.format_text import MINUS
from stages.report.read_results import Predictions
from stages.report.sections.regression_section import MOST_DOTS, Told, ends, few_rows, scatter, value_answers
from tests.report.fakes import flowers, prices

PRICES = Predictions(
    "test",
    {"price": {"kind": "values", "columns": ["price"]}},
    [9, 10, 11],
    {"price_truth": ["19", "21", "20"], "price_predicted": ["17.5", "19.0", "20.25"]},
    {},
)


def test_the_furthest_answers_come_first():
    fake = prices()
    found = few_rows(Told("price", [9, 10, 11], [19, 21, 20], [17.5, 19.0, 20.25]), fake.raw, fake.processed.fitted, 8)
    assert [name for name, _ in found.head] == ["day", "truth", "prediction", "off by"]
    assert found.lines == [
        ["2020-02-09", "21.00", "19.00", f"{MINUS}2.00"],
        ["2020-02-08", "19.00", "17.50", f"{MINUS}1.50"],
        ["2020-02-10", "20.00", "20.25", "+0.25"],
    ]


def test_of_many_the_furthest_and_the_nearest_are_shown():
    assert ends(list(range(10)), 4) == [0, 1, 8, 9]
    assert ends(list(range(10)), 1) == [0]


def test_a_series_is_drawn_over_time_and_a_table_over_its_only_number():
    series, table = prices(), flowers()
    over_time = value_answers("price", PRICES, series.raw, series.processed, 8)
    assert over_time.wide is not None
    assert "2020-02-09: truth 21" in over_time.wide.svg
    lengths = Predictions("test", {}, [4, 5], {"length_truth": ["1", "4"], "length_predicted": ["1", "5"]}, {})
    over_input = value_answers("length", lengths, table.raw, table.processed, 8)
    assert over_input.wide is None
    assert [c.title for c in over_input.charts] == ["Prediction against truth", "length over length"]


def test_one_answer_is_a_row_and_no_chart():
    fake = prices()
    one = Predictions("test", {}, [9], {"price_truth": ["16"], "price_predicted": ["16.004"]}, {})
    found = value_answers("price", one, fake.raw, fake.processed, 8)
    assert (found.charts, found.wide) == ([], None)
    assert found.few.lines[0][1:3] == ["16", "16"]


def test_a_scatter_of_very_many_says_how_many_it_shows():
    values = np.arange(MOST_DOTS * 3 + 1, dtype=float).tolist()
    found = scatter(Told("x", list(range(len(values))), values, values))
    assert found.note == "751 of 3,001 samples"
    assert found.svg.count('class="dot"') == 751
