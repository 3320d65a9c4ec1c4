"""A clone with conf/ and a suite of one dataset, in which `restage new` is called."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.cli.test_compose import ROOT, SUITE


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "conf", tmp_path / "conf", ignore=shutil.ignore_patterns("local.yaml", "suite"))
    (tmp_path / "conf/suite").mkdir()
    (tmp_path / "conf/suite/starter.yaml").write_text(SUITE.format(key="iris", suite="starter"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def flowers(rows: int = 60) -> pd.DataFrame:
    """Two measures and a class of three that follows from them."""
    random = np.random.default_rng(0)
    kind = np.arange(rows) % 3
    frame = pd.DataFrame({"length": kind * 2 + random.normal(4, 0.3, rows), "width": random.normal(3, 0.3, rows)})
    return frame.round(2).assign(kind=[["aster", "rose", "tulip"][n] for n in kind])
