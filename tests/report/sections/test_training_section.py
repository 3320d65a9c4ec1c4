from typing import Any

import pytest

from stages.core.artefacts.processed import Fitted, TargetSpec
from stages.core.columns.number_columns import NumberColumns
from stages.core.columns.series.window_steps import FittedRelativeToLast
from stages.report.sections.training_section import TrainingSection, gap_sentence, split_history_name, training_section
from tests.report.example_datasets import flowers, prices
from tests.report.example_records import training_record

HISTORY: dict[str, list[float]] = {
    "epoch": [1, 2, 3],
    "loss": [3.0, 2.0, 1.0],
    "val_loss": [3.0, 1.5, 2.0],
    "lr": [0.1, 0.1, 0.1],
}


def section(history: dict[str, list[float]] = HISTORY, fitted: Fitted | None = None, **changes: Any) -> TrainingSection:
    training = training_record(best_epoch=min(2, len(history["epoch"])), epochs=len(history["epoch"]), **changes)
    return training_section(history, training, {}, fitted or flowers().processed.fitted)


def test_every_metric_has_a_chart_of_training_and_validation() -> None:
    charts = section().charts
    assert [(chart.title, [name for _, name in chart.legend]) for chart in charts] == [
        ("Loss", ["training", "validation"]),
        ("Lr", ["training"]),
    ]


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [
        ("best", "The weights of epoch 2 were kept."),
        ("last", "The weights of the last epoch were kept."),
        ("refit", "A new model was then trained for 2 epochs on the training and validation rows together."),
    ],
)
def test_best_epoch_and_kept_weights(kept: str, sentence: str) -> None:
    found = section(kept=kept)
    assert found.sentence == f"3 epochs. The best validation loss was after epoch 2. {sentence}"
    assert "best: epoch 2" in found.charts[0].svg


def test_a_scaled_target_without_a_validation_split() -> None:
    found = section({"epoch": [1], "loss": [1.0]}, prices().processed.fitted, monitor="loss")
    assert "best training loss" in found.sentence
    assert "no validation split" in found.sentence
    assert "scaled unit" in found.sentence
    assert found.gap == ""


def test_a_target_with_steps_of_windows_alone_is_scaled_too() -> None:
    target = TargetSpec(column=NumberColumns(columns=["price"]), window_steps=[FittedRelativeToLast()])
    fitted = prices().processed.fitted.model_copy(update={"targets": {"price": target}})
    assert "scaled unit" in section(fitted=fitted).sentence


def test_a_loss_over_a_wide_range_has_a_logarithmic_scale() -> None:
    assert section({"epoch": [1, 2], "loss": [500.0, 0.5]}).charts[0].note == "logarithmic scale"


def test_the_history_of_several_targets_names_the_target() -> None:
    targets = ["width", "width_low"]
    assert split_history_name("width_mean_squared_error", targets) == ("width", "mean_squared_error")
    assert split_history_name("width_low_loss", targets) == ("width_low", "loss")
    assert split_history_name("loss", targets) == ("", "loss")
    assert "width: mean absolute error +0.5" in gap_sentence({"width_mae": 0.5}, targets)
