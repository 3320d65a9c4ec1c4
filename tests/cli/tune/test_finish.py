"""What `restage tune` does with a study that has ended: the page, and conf/ with --apply."""

from pathlib import Path

import pytest

from stages.cli.tune.page.write_study_page import page_text
from stages.cli.tune.tune import TuneOptions, finish
from tests.cli.tune.page.example_studies import RANGES, comparisons, study, trial

RESULT = study(
    [trial(0, 0.9), trial(1, 0.95, values={"train.batch": 48})], ranges={"train.batch": RANGES["train.batch"]}
)
IRIS = Path("conf/dataset/iris.yaml")


def test_a_page_and_how_to_apply(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = IRIS.read_text()
    finish(RESULT, TuneOptions("iris", 2))
    assert Path("reports/tune/iris.html").read_text(encoding="utf-8") == page_text(RESULT)
    assert IRIS.read_text() == before
    output = capsys.readouterr().out
    assert "page: reports/tune/iris.html" in output
    assert "--apply" in output


def test_another_seed_is_another_study(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the seed, the command that applies the values would start a study of seed 0."""
    finish(RESULT.model_copy(update={"seed": 3}), TuneOptions("iris", 2, seed=3))
    command = "restage tune iris --trials 2 --seed 3 --apply"
    assert f"`{command}`" in capsys.readouterr().out
    assert command in Path("reports/tune/iris.html").read_text(encoding="utf-8")


def test_values_are_applied(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = IRIS.read_text()
    finish(RESULT, TuneOptions("iris", 2, apply=True, html=Path("mine.html")))
    assert Path("mine.html").is_file()
    assert IRIS.read_text() == before.replace("batch: 10", "batch: 48")
    output = capsys.readouterr().out
    assert "--apply" not in output
    assert output.endswith("next: restage run iris\n")


def test_values_are_applied_that_may_be_better_by_chance(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = RESULT.model_copy(update={"comparisons": comparisons(0.9, 0.95, improvement=-0.05)})
    finish(result, TuneOptions("iris", 2, apply=True))
    assert "batch: 48" in IRIS.read_text()
    assert "the improvement may be chance" in capsys.readouterr().out
