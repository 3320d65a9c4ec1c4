"""What the stage finds out before it loads Keras; test_predicting.py runs the rest."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stages.core import paths
from stages.core.artefacts.processed import write_processed
from stages.core.errors import UserError
from stages.core.runtime.atomic_write import write_json, write_text
from stages.evaluate import __main__ as entry
from stages.evaluate.__main__ import _history
from tests.evaluate.cases import classes
from tests.run_in_process import published

run = published(entry.run)

KEY = "flowers"
DATA = classes({"train": [0, 1, 1], "test": [1, 0]}, ["rose", "tulip"])


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given(**params: Any) -> None:
    write_processed(DATA, paths.processed_data(KEY))
    evaluate = {"headline": "accuracy", "baselines": ["majority"]} | params
    write_json(paths.dataset_params(KEY), {"evaluate": evaluate})


def mistake() -> str:
    with pytest.raises(UserError) as caught:
        run(KEY)
    assert not paths.metrics(KEY).exists()
    assert not paths.predictions(KEY).exists()
    return str(caught.value)


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"baselines": []}, "baselines: should have at least 1 item; received []"),
        ({"baselines": ["majorty"]}, "baselines[0]: received 'majorty'; did you mean majority?"),
        ({"split": "tset"}, "split: received 'tset'; did you mean test?"),
        ({"headlin": "x"}, "headlin: unknown key; did you mean headline?"),
    ],
)
def test_a_mistake_in_the_parameters(params: dict[str, Any], told: str) -> None:
    given(**params)
    assert mistake() == f"params.yaml: datasets.flowers.evaluate.{told}"


def test_a_split_without_rows() -> None:
    given(split="validation")
    assert mistake() == "evaluate.split: no validation rows; give preprocess.split.validation a share"


def test_a_baseline_that_does_not_fit() -> None:
    given(baselines=["majority", "linear"])
    assert mistake() == "evaluate.baselines: linear fits no target; use majority or shuffled"


def test_nothing_was_preprocessed() -> None:
    given()
    (paths.processed_data(KEY) / "fitted.json").unlink()
    assert mistake() == "data/processed/flowers/fitted.json: not here; run `dvc repro preprocess@flowers`"


def test_nothing_was_trained() -> None:
    given()
    assert mistake() == "data/models/flowers/training.json: not here; run `dvc repro train@flowers`"


@pytest.mark.parametrize("content", ["", '{"threads": 1', "{}"])
def test_a_damaged_record_of_the_training(content: str) -> None:
    given()
    write_text(paths.model(KEY) / "training.json", content)
    text = mistake()
    assert text.startswith("data/models/flowers/training.json: damaged (")
    assert text.endswith("run `dvc repro --force train@flowers`")


def test_no_history() -> None:
    given()
    record = {
        "threads": 1,
        "loss": {"kind": "huber"},
        "best_epoch": 1,
        "epochs": 1,
        "kept": "best",
        "seeds": [{"seed": 0, "best_epoch": 1}],
    }
    write_json(paths.model(KEY) / "training.json", record)
    assert mistake() == "reports/history/flowers.csv: not here; run `dvc repro train@flowers`"


def test_rows_that_a_refit_learned_from_do_not_judge_it() -> None:
    """The page would say that it did not learn from them."""
    given(split="validation")
    write_processed(classes({"train": [0, 1, 1], "validation": [1, 0]}, ["rose", "tulip"]), paths.processed_data(KEY))
    record = {"threads": 1, "loss": {"kind": "huber"}, "best_epoch": 1, "epochs": 1, "kept": "refit", "seeds": []}
    write_json(paths.model(KEY) / "training.json", record)
    write_text(paths.history(KEY), "epoch,loss,val_loss\n1,0.5,0.75\n")
    assert mistake() == (
        "evaluate.split: train.refit learned from the validation rows too; use split: test, or take train.refit out"
    )


def test_a_history_is_read_by_name() -> None:
    write_text(paths.history(KEY), "epoch,loss,val_loss\n1,0.5,0.75\n2,0.25,1e-05\n")
    history = _history(KEY)
    assert list(history) == ["loss", "val_loss"]
    np.testing.assert_array_equal(history["val_loss"], [0.75, 1e-05])


@pytest.mark.parametrize("content", ["", "epoch,loss\n1\n", "epoch,loss\n1,x\n"])
def test_a_damaged_history(content: str) -> None:
    write_text(paths.history(KEY), content)
    with pytest.raises(UserError, match=r"^reports/history/flowers\.csv: damaged \("):
        _history(KEY)
