from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.studies.category_encodings import ENCODING, compare
from tests.stories.repo import ROOT


@pytest.mark.long
def test_both_encodings_of_a_table_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The price follows from the city alone, so that either encoding says something of it."""
    monkeypatch.chdir(ROOT)
    city = np.arange(300) % 25
    price = city + np.random.default_rng(0).normal(size=300)
    frame = pd.DataFrame({"city": [f"city {n}" for n in city], "price": price.round(3)})
    frame.to_csv(tmp_path / "Sacramento.csv", index=False)
    cells = [cell.strip() for cell in compare("Sacramento", tmp_path / "Sacramento.csv", [0]).strip("|").split("|")]
    assert cells[:4] == ["Sacramento", "300", "25", "R2"]
    one_hot, embedding, difference = map(float, cells[4:7])
    assert min(one_hot, embedding) > 0.1
    assert difference == pytest.approx(embedding - one_hot, abs=2e-4)
    assert one_hot != embedding


def test_the_encoding_is_replaced() -> None:
    line = "city: {kind: category, encoding: one_hot, minimum_count: 5}"
    assert ENCODING.sub("encoding: embedding", line) == line.replace("one_hot", "embedding")
