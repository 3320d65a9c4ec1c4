from pathlib import Path

import pytest

from stages.cli.compare.facts.tracked_metrics import better_direction, flatten_metrics, read_metrics
from stages.cli.revisions.snapshot import open_snapshot
from stages.evaluate.metrics.target_metrics import HIGHER_IS_BETTER
from tests.cli.compare.recorded_results import commit_results, predicted


@pytest.mark.error_case("compare")
@pytest.mark.parametrize(
    "text",
    ["", " \n", "{", "[]", "{}", '{"accuracy": NaN}', '{"accuracy": Infinity}', '{"accuracy": "1"}',
     '{"accuracy": true}', '{"accuracy": null}', '{"y": {"accuracy": {"a": 1}}}', "\ud800"],
)  # fmt: skip
def test_a_damaged_or_empty_file_says_why(text: str, repository: Path) -> None:
    commit_results("base", tiny=predicted())
    Path("reports/metrics/tiny.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with open_snapshot(None) as tree, pytest.raises(LookupError, match=r"reports/metrics/tiny\.json of working tree: "):
        read_metrics(tree, "tiny")


@pytest.mark.error_case("compare")
def test_a_missing_file(repository: Path) -> None:
    with open_snapshot("old") as old, pytest.raises(LookupError, match=r"of old: missing or empty"):
        read_metrics(old, "tiny")


def test_by_metric_and_by_target() -> None:
    assert flatten_metrics({"rmse": 1, "r2": 0.5}) == {"rmse": 1.0, "r2": 0.5}
    assert flatten_metrics({"a": {"rmse": 1}, "b": {"accuracy": 0.5}}) == {"a.rmse": 1.0, "b.accuracy": 0.5}


@pytest.mark.parametrize("name", sorted(HIGHER_IS_BETTER))
def test_higher_is_better(name: str) -> None:
    assert (better_direction(name), better_direction(f"y.{name}")) == ("higher", "higher")


@pytest.mark.parametrize(
    "name", ["loss", "mse", "mae", "rmse", "weighted_rmse", "mase", "smape", "log_loss", "weighted_log_loss",
             "calibration_error", "interval_score", "price.loss"]
)  # fmt: skip
def test_lower_is_better(name: str) -> None:
    assert better_direction(name) == "lower"


@pytest.mark.parametrize("name", ["coverage", "y.coverage", "of_tomorrow"])
def test_no_direction(name: str) -> None:
    assert better_direction(name) is None
