from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.processed import ProcessedData
from stages.core.errors import UserError
from stages.evaluate.metrics import details, headline_of, metrics, prediction_rows, scores, training_figures
from stages.evaluate.params import Evaluate
from tests.evaluate.cases import assembled, classes, values

KINDS = classes({"train": [0, 1, 1], "test": [1, 0, 1, 1]}, ["rose", "tulip"])
SIZES = values({"train": ([[0], [1], [2]], [1, 3, 5]), "test": ([[3], [4]], [7, 10])}, ["size"])


def both() -> ProcessedData:
    targets = {"kind": KINDS.fitted.targets["kind"], "y": SIZES.fitted.targets["y"]}
    parts = {
        "train": ({"x": [[0.0], [1], [2]]}, {"kind": np.array([0, 1, 1]), "y": np.array([[1.0], [3], [5]])}),
        "test": ({"x": [[3.0], [4]]}, {"kind": np.array([1, 0]), "y": np.array([[7.0], [10]])}),
    }
    return assembled(parts, targets)


def judged(
    headline: str, data: ProcessedData, found: Any, *baselines: str, others: Any = (), **more: Any
) -> dict[str, Any]:
    params = Evaluate.model_validate({"headline": headline, "baselines": [*baselines]} | more)
    return metrics(params, data, found, {"best_epoch": 2, "epochs": 3}, others)


def test_metrics_of_one_target_stand_for_themselves() -> None:
    found = {"kind": {"loss": 0.12345678, "accuracy": 1.0}}
    told = judged("accuracy", KINDS, found, "majority", "shuffled")
    shuffled = told["baseline"].pop("shuffled")
    assert set(shuffled) == {"accuracy", "macro_f1"}
    assert told == {
        "loss": 0.123457,
        "accuracy": 1.0,
        "headline": {"metric": "accuracy", "better": "higher", "baseline": "majority"},
        "baseline": {"majority": {"accuracy": 0.75, "macro_f1": 0.428571}},
        "gain": 0.25,
        "split": "test",
        "samples": 4,
        "best_epoch": 2,
        "epochs": 3,
    }


def test_a_falling_metric_gains_by_falling() -> None:
    """The line through 1, 3, 5 says 7 and 9, where 7 and 10 are true."""
    told = judged("rmse", SIZES, {"y": {"rmse": 0.5}}, "linear")
    assert told["headline"] == {"metric": "rmse", "better": "lower", "baseline": "linear"}
    assert told["baseline"]["linear"]["rmse"] == pytest.approx(0.5**0.5, rel=1e-5)
    assert told["gain"] == pytest.approx(0.5**0.5 - 0.5, rel=1e-5)


def test_metrics_of_several_targets_are_told_apart() -> None:
    found = {"kind": {"accuracy": 0.5}, "y": {"rmse": 1.0, "r2": 0.1}}
    told = judged("y.r2", both(), found, "majority", "linear")
    assert told["kind"] == {"accuracy": 0.5}
    assert told["y"] == {"rmse": 1.0, "r2": 0.1}
    assert told["headline"] == {"metric": "y.r2", "better": "higher", "baseline": "linear"}
    assert set(told["baseline"]["majority"]["kind"]) == {"accuracy", "macro_f1"}
    assert set(told["baseline"]["linear"]["y"]) == {"mse", "mae", "rmse", "r2"}
    assert told["gain"] == pytest.approx(0.1 - told["baseline"]["linear"]["y"]["r2"])


def test_the_headlines_baseline_is_the_first_that_says_something_about_its_target() -> None:
    found = {"kind": {"accuracy": 0.5}, "y": {"rmse": 1.0}}
    assert judged("y.rmse", both(), found, "shuffled", "linear")["headline"]["baseline"] == "linear"
    assert judged("kind.accuracy", both(), found, "linear", "shuffled")["headline"]["baseline"] == "shuffled"


def test_several_seeds_have_a_mean_a_spread_and_a_worst() -> None:
    """Of 0.7, 0.8 and 0.9 the deviations are 0.1, 0 and 0.1: their squares add up to 0.02, over two of three."""
    found, *others = ({"kind": {"accuracy": value, "loss": 9.0}} for value in (0.8, 0.9, 0.7))
    told = judged("accuracy", KINDS, found, "majority", others=others)
    assert told["seeds"] == {"count": 3, "mean": 0.8, "spread": 0.1, "worst": 0.7}
    assert (told["accuracy"], told["gain"]) == (0.8, 0.05), "the model is the first seed's"


def test_the_worst_of_an_error_is_the_largest() -> None:
    found, *others = ({"y": {"rmse": value}} for value in (2.0, 4.0))
    told = judged("rmse", SIZES, found, "linear", others=others)
    assert told["seeds"] == {"count": 2, "mean": 3.0, "spread": 1.41421, "worst": 4.0}


def test_of_several_targets_the_headlines_own_figures_are_compared() -> None:
    found, *others = ({"kind": {"accuracy": 1.0}, "y": {"r2": value}} for value in (0.5, -0.5))
    told = judged("y.r2", both(), found, "linear", others=others)
    assert told["seeds"] == {"count": 2, "mean": 0.0, "spread": 0.707107, "worst": -0.5}


def test_seeds_that_agree_have_no_spread() -> None:
    found = {"kind": {"accuracy": 0.75}}
    assert judged("accuracy", KINDS, found, "majority", others=[found])["seeds"]["spread"] == 0.0


def test_without_other_seeds_and_an_aim_nothing_is_said_of_them() -> None:
    told = judged("accuracy", KINDS, {"kind": {"accuracy": 0.75}}, "majority")
    assert not {"seeds", "reach"} & set(told)


@pytest.mark.parametrize("reach", [0.98, 1, 0])
def test_the_figure_to_reach_is_told_as_it_was_given(reach: float) -> None:
    assert judged("accuracy", KINDS, {"kind": {"accuracy": 0.75}}, "majority", reach=reach)["reach"] == reach


@pytest.mark.parametrize(
    ("headline", "found", "told"),
    [
        ("acuracy", {"kind": {"accuracy": 1.0, "loss": 0.1}}, "did you mean accuracy?"),
        ("kind.accuracy", {"kind": {"accuracy": 1.0}}, "did you mean accuracy?"),
        ("accuracy", {"kind": {"accuracy": 1.0}, "y": {"r2": 0.0}}, "did you mean kind.accuracy?"),
        ("q", {"y": {"mse": 1.0, "mae": 1.0}}, "allowed: mse, mae"),
        ("loss", {"y": {"loss": 1.0, "mse": 1.0, "mae": 1.0}}, "allowed: mse, mae"),
    ],
)
def test_a_headline_that_is_not_measured(headline: str, found: Any, told: str) -> None:
    with pytest.raises(UserError) as caught:
        headline_of(Evaluate(headline=headline, baselines=["linear"]), found)
    assert str(caught.value) == f"evaluate.headline: {headline!r} is not measured; {told}"


def test_scores_fit_the_target() -> None:
    assert set(scores(KINDS.fitted.targets["kind"], np.array([0]), np.array([0]))) == {"accuracy", "macro_f1"}
    assert "rmse" in scores(SIZES.fitted.targets["y"], np.array([[1.0]]), np.array([[2.0]]))


def test_details_are_too_long_for_a_table_of_metrics() -> None:
    data = both()
    predicted = {"kind": np.array([1, 1]), "y": np.array([[7.0], [9]])}
    assert details(data, data.truth("test"), predicted) == {
        "kind": {
            "kind": "classes",
            "classes": ["rose", "tulip"],
            "confusion": [[0, 1], [0, 1]],
            "per_class": [
                {"class": "rose", "precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1},
                {"class": "tulip", "precision": 0.5, "recall": 1.0, "f1": 0.666667, "support": 1},
            ],
        },
        "y": {"kind": "values", "columns": ["size"]},
    }


HISTORY = {
    "loss": np.array([0.9, 0.5, 0.1]),
    "accuracy": np.array([0.5, 0.8, 1.0]),
    "val_loss": np.array([0.8, 0.6, 0.7]),
    "val_accuracy": np.array([0.5, 0.75, 0.7]),
}


def test_the_gap_is_that_of_the_epoch_that_was_kept() -> None:
    found = training_figures({"best_epoch": 2, "epochs": 3, "kept": "best"}, HISTORY)
    assert found == {"best_epoch": 2, "epochs": 3, "gap": {"loss": 0.1, "accuracy": -0.05}}


def test_without_validation_there_is_no_gap() -> None:
    assert training_figures({"best_epoch": 1, "epochs": 1}, {"loss": np.array([1.0])}) == {"best_epoch": 1, "epochs": 1}


def rows(data: ProcessedData, given: dict[str, Any]) -> list[list[object]]:
    return prediction_rows(data, "test", data.truth("test"), given)


def test_a_row_of_classes_has_names_and_a_probability() -> None:
    given = np.array([[0.25, 0.75], [0.6, 0.4], [0.1, 0.9], [0.123456789, 0.876543211]], np.float32)
    assert rows(KINDS, {"kind": given}) == [
        ["row", "kind_truth", "kind_predicted", "kind_probability"],
        [3, "tulip", "tulip", 0.75],
        [4, "rose", "rose", 0.6],
        [5, "tulip", "tulip", 0.9],
        [6, "tulip", "tulip", 0.876543],
    ]


def test_a_row_of_values_has_a_pair_for_each_column() -> None:
    data = values({"train": ([[0]], [[1, 2]]), "test": ([[1]], [[3, 1 / 3]])}, ["low", "high"])
    assert rows(data, {"y": np.array([[2.5, 1e-3]])}) == [
        ["row", "low_truth", "low_predicted", "high_truth", "high_predicted"],
        [1, 3.0, 2.5, 0.333333343, 0.001],
    ]


def test_several_targets_stand_side_by_side() -> None:
    given = {"kind": np.array([[0.0, 1], [1, 0]]), "y": np.array([[7.0], [9]])}
    assert rows(both(), given) == [
        ["row", "kind_truth", "kind_predicted", "kind_probability", "size_truth", "size_predicted"],
        [3, "tulip", "tulip", 1.0, 7.0, 7.0],
        [4, "rose", "rose", 1.0, 10.0, 9.0],
    ]


def test_a_target_may_not_take_the_place_of_an_entry_of_the_metrics() -> None:
    data = both()
    targets = {"kind": data.fitted.targets["kind"], "gain": data.fitted.targets["y"]}
    parts = {
        name: ({"x": part.inputs["x"]}, {"kind": part.targets["kind"], "gain": part.targets["y"]})
        for name, part in data.splits.items()
    }
    found = {"kind": {"accuracy": 1.0}, "gain": {"rmse": 1.0}}
    with pytest.raises(UserError, match=r"preprocess.targets: gain also names an entry of the metrics"):
        judged("kind.accuracy", assembled(parts, targets), found, "majority", "linear")
