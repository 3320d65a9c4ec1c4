from stages.cli.compare.page.training_curves import training_curves

BASE = {"epoch": [1.0, 2.0], "loss": [1.0, 0.5], "val_loss": [1.0, 0.75], "accuracy": [0.5, 0.75]}
HEAD = {"epoch": [1.0, 2.0, 3.0], "loss": [1.0, 0.5, 0.25], "val_loss": [1.0, 0.5, 0.5], "accuracy": [0.5, 0.75, 1.0]}


def test_both_curves_are_in_each_chart() -> None:
    charts = training_curves(BASE, HEAD, "accuracy", (2, 3))
    assert [chart.title for chart in charts] == ["Training loss", "Validation loss", "Training accuracy"]
    assert [name for _, name in charts[0].legend] == ["base, best: epoch 2", "head, best: epoch 3"]
    # Head is drawn over base.
    assert str(charts[0].svg).index("line muted") < str(charts[0].svg).index("line accent")
    assert "epoch 3: head 0.25" in charts[0].svg
    assert "epoch 3: base" not in charts[0].svg


def test_equal_curves_are_left_out() -> None:
    assert training_curves(BASE, BASE, "accuracy", (2, 2)) == []
    (chart,) = training_curves(BASE, BASE | {"val_loss": [1.0, 0.5]}, "accuracy", (2, 2))
    assert chart.title == "Validation loss"


def test_a_curve_of_one_revision_alone() -> None:
    without = {name: values for name, values in HEAD.items() if name != "val_loss"}
    (chart,) = [chart for chart in training_curves(BASE, without, "rmse", (2, 3)) if "Validation" in chart.title]
    assert chart.note == "head has no such curve"
    assert "line accent" not in chart.svg


def test_the_headline_metric_of_one_of_several_targets() -> None:
    base = {"epoch": [1.0], "loss": [1.0], "price_mean_absolute_error": [2.0], "size_mean_absolute_error": [3.0]}
    head = base | {"price_mean_absolute_error": [1.0], "size_mean_absolute_error": [1.0]}
    (chart,) = training_curves(base, head, "price.mae", (1, 1))
    assert chart.title == "Training price mean absolute error"


def test_a_best_epoch_that_the_history_does_not_have() -> None:
    """As in a working tree whose evaluation is older than its training."""
    assert 'circle class="point' not in training_curves(BASE, HEAD, "accuracy", (9, 9))[0].svg
