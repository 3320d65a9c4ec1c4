"""Suites are read and changed as text."""

import shutil
from pathlib import Path

import pytest

from stages.cli.datasets.suite_files import (
    datasets_of,
    files_that_build_on,
    included_files,
    own_suite,
    suites,
    with_dataset,
    without_dataset,
)
from stages.core.errors import UserError

ROOT = Path(__file__).parents[3]
SUITE = """\
# @package _global_
# Those that matter.
defaults:
  - /dataset@datasets.iris: iris  # the first
  - /dataset@datasets.iris_2: iris
  - _self_
suite: starter
"""


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "conf", tmp_path / "conf", ignore=shutil.ignore_patterns("local.yaml")))


def test_comments_and_order_stay() -> None:
    added = with_dataset(SUITE, "wine")
    assert added.splitlines()[5] == "  - /dataset@datasets.wine: wine"
    assert without_dataset(added, "wine") == SUITE
    assert without_dataset(SUITE, "iris").splitlines()[3] == "  - /dataset@datasets.iris_2: iris"


def test_a_suite_without_a_list_is_refused() -> None:
    with pytest.raises(UserError, match=r"add `- /dataset@datasets\.wine: wine`"):
        with_dataset("suite: starter\n", "wine")


def test_a_suite_has_the_datasets_of_those_that_it_includes(conf: Path) -> None:
    assert set(datasets_of("starter", conf)) < set(datasets_of("full", conf))
    assert datasets_of("full", conf)["iris"] == "iris"
    assert list(suites(conf)) == ["full", "starter"]


def test_the_own_suite_is_that_of_local_yaml(conf: Path) -> None:
    assert own_suite(conf)[0] == "starter"
    (conf / "local.yaml").write_text("# @package _global_\ndefaults:\n- override /suite: full\n")
    assert own_suite(conf)[0] == "full"


def test_a_suite_that_includes_itself_is_read_once(conf: Path) -> None:
    (conf / "suite/round.yaml").write_text("defaults:\n  - round\n  - /dataset@datasets.iris: iris\n")
    assert datasets_of("round", conf) == {"iris": "iris"}


def test_files_that_build_on_another(conf: Path) -> None:
    assert [file.stem for file in files_that_build_on("sequence", conf)] == [
        "sequence_gru", "sequence_lstm", "sequence_rnn",
    ]  # fmt: skip
    assert files_that_build_on("iris", conf) == []


def test_included_files(conf: Path) -> None:
    """Directly, through another file, from the same folder, and in a circle."""
    (conf / "dataset/round.yaml").write_text(
        "defaults:\n  - stocks_gru\n  - override /train@train: recipe\n  - round\n"
    )
    found = {file.relative_to(conf).as_posix() for file in included_files(conf / "dataset/round.yaml", conf)}
    assert found == {
        "dataset/round.yaml",
        "dataset/stocks_gru.yaml",
        "task/stocks.yaml",
        "source/stocks.yaml",
        "train/values.yaml",
        "train/recipe.yaml",
    }
