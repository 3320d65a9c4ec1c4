from stages.report.format_text import MINUS, NOTHING
from stages.report.metric_descriptions import at, figures, measure, titled


def test_a_difference_of_shares_is_told_in_points():
    assert measure("accuracy").difference(0.01) == "+1 point"
    assert measure("accuracy").difference(-0.005) == f"{MINUS}0.5 points"
    assert measure("rmse").difference(-2.5) == f"{MINUS}2.5"
    assert measure("rmse").difference(None) == NOTHING


def test_a_metric_nobody_explained_keeps_its_name():
    assert titled("price.top_3_accuracy") == "price: top 3 accuracy"


def test_figures_are_found_at_any_depth_and_bookkeeping_is_none():
    metrics = {"b": {"loss": 1.0}, "a": {"rmse": 2.0}, "samples": 3, "gain": 1.0, "epochs": 9, "split": "test"}
    assert list(figures(metrics)) == [("a.rmse", 2.0), ("b.loss", 1.0)]


def test_a_figure_that_was_not_measured_is_none():
    assert at({"price": {"rmse": 2.0}}, "price.rmse") == 2.0
    assert at({"price": 2.0}, "price.rmse") is None
    assert at({}, "rmse") is None
