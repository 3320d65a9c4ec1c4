import shutil
from pathlib import Path

import pytest

from tests.cli.test_compose import ROOT, SUITE
from tests.config.conftest import hydra_files

__all__ = ["clone", "hydra_files"]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """conf/ with a suite of one dataset."""
    shutil.copytree(ROOT / "conf", tmp_path / "conf", ignore=shutil.ignore_patterns("local.yaml", "suite"))
    (tmp_path / "conf/suite").mkdir()
    (tmp_path / "conf/suite/starter.yaml").write_text(SUITE.format(key="iris", suite="starter"))
    monkeypatch.chdir(tmp_path)
    return tmp_path
