from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.studies.default_models import TABLES, VARIANTS, compare, score_of
from stages.core.artefacts.raw.raw_data import Table
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from tests.stories.repo import ROOT


@pytest.mark.long
def test_the_model_of_a_table_is_compared_with_boosting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"length": random.normal(size=60), "species": ["Adelie", "Gentoo", "Chinstrap"] * 20})
    frame.to_csv(tmp_path / "penguins.csv", index=False)
    row, differences = compare("penguins", tmp_path / "penguins.csv", [0], [{"epochs": 1}, {"epochs": 2}])
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[:4] == ["penguins", "60", "1", "accuracy"]
    assert len(cells) == 5 + 2 * len(differences) == 9
    assert [float(cell) for cell in cells[5::2]] == pytest.approx(differences, abs=1e-4)


def test_scores_worked_out_by_hand() -> None:
    frame = pd.DataFrame({"x": range(6), "y": [0.0, 0.0, 0.0, 1.0, 2.0, 3.0]})
    split = {"test": 3, "order": "chronological"}
    values = preprocess(Table({"all": frame}), Preprocess.model_validate({"targets": "y", "split": split}))
    assert score_of(values, np.array([[1.0], [2.0], [4.0]])) == pytest.approx(1 - (1 / 3) / (2 / 3))
    labels = Table({"all": frame.assign(y=list("ababab"))}, classes={"y": ["a", "b"]})
    classes = preprocess(labels, Preprocess.model_validate({"targets": "y", "labels": "one_hot", "split": split}))
    # Truth is b, a, b.
    assert score_of(classes, np.array([[0.2, 0.8], [0.4, 0.6], [0.1, 0.9]])) == pytest.approx(2 / 3)


def test_the_first_variant_is_what_restage_new_writes() -> None:
    assert next(iter(VARIANTS.values())) == {}
    assert len(TABLES) >= 10
