from pathlib import Path

import pytest
from typer.testing import CliRunner

from stages.cli.app import app
from stages.cli.compare.compare import CompareOptions, compare, opened_snapshots
from stages.cli.compare.comparison import Comparison
from stages.core.errors import UserError
from tests.cli.compare.recorded_results import commit_results, predicted
from tests.cli.revisions.recorded_repository import git


def test_the_default_is_where_the_branch_left_main(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left = commit_results("base", tiny=predicted(0))
    git("checkout", "--quiet", "-b", "topic")
    commit_results("head", tiny=predicted(0, 1))
    git("checkout", "--quiet", "main")
    commit_results("later", tiny=predicted())
    git("checkout", "--quiet", "topic")
    compare(CompareOptions(None, None, as_json=True))
    found = Comparison.model_validate_json(capsys.readouterr().out)
    assert (found.base.commit, found.head.commit) == (left, None)
    assert (found.base.main_branch, found.head.main_branch) == ("main", "")
    assert [(metric.base, metric.head) for metric in found.datasets[0].metrics] == [(0.9, 0.8)]


def test_an_experiment_by_its_name(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = commit_results("base", tiny=predicted(0))
    experiment = commit_results("head", tiny=predicted(0, 1))
    git("reset", "--quiet", "--hard", base)
    git("tag", "--delete", "head")
    git("update-ref", f"refs/exps/{base[:2]}/{base[2:]}/wordy-lulu", experiment)
    compare(CompareOptions("HEAD", "wordy-lulu", as_markdown=True))
    text = capsys.readouterr().out
    assert text.startswith(f"**HEAD ({base[:8]}, base) → wordy-lulu ({experiment[:8]}, head)**\n")
    assert "| `tiny` | `accuracy` | 0.9 | 0.8 |" in text


def test_an_experiment_is_compared_with_the_commit_that_it_began_at(repository: Path) -> None:
    """git merge-base does not know the name of an experiment."""
    base = commit_results("base", tiny=predicted(0))
    experiment = commit_results("head", tiny=predicted(0, 1))
    git("reset", "--quiet", "--hard", base)
    git("update-ref", f"refs/exps/{base[:2]}/{base[2:]}/wordy-lulu", experiment)
    with opened_snapshots(None, "wordy-lulu") as (old, new):
        assert (old.commit, new.commit) == (base, experiment)
    with pytest.raises(UserError, match="did you mean wordy-lulu"), opened_snapshots(None, "wordy-lula"):
        pass


def test_an_experiment_has_a_short_title(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit_results("base", tiny=predicted(0))
    commit_results("head", tiny=predicted(0, 1))
    git("commit", "--quiet", "--amend", "--message", f"dvc: commit experiment {'0' * 64}")
    compare(CompareOptions("base", "HEAD"))
    assert capsys.readouterr().out.splitlines()[0].endswith(f"HEAD ({git('rev-parse', 'HEAD')[:8]}, experiment)")


@pytest.mark.error_case("compare")
def test_a_folder_outside_of_a_repository(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    with pytest.raises(UserError, match="run it at the root of the repository"):
        compare(CompareOptions(None, None))


def test_the_same_text_each_time(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit_results("base", tiny=predicted(0, 1, 2))
    commit_results("head", tiny=predicted(2, rows=range(3, 13)))
    texts = set()
    for _ in range(2):
        compare(CompareOptions("base", "head", as_json=True))
        texts.add(capsys.readouterr().out)
    assert len(texts) == 1


def test_the_terminal_says_what_differs(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit_results("base", tiny=predicted(0), other=predicted(0))
    commit_results("head", tiny=predicted(0, 1, params={"train": {"epochs": 2}}), other=predicted(0))
    compare(CompareOptions("base", "head"))
    lines = capsys.readouterr().out.splitlines()
    assert "tiny" in lines
    assert "  parameters: train.epochs 1 → 2" in lines
    assert lines[-1] == "1 dataset unchanged"


@pytest.mark.error_case("compare")
def test_a_revision_that_does_not_exist(repository: Path) -> None:
    with pytest.raises(UserError, match="revision odl: no tag, branch, commit or experiment has this name"):
        compare(CompareOptions("odl", None))


@pytest.mark.error_case("compare")
def test_two_formats_at_once() -> None:
    result = CliRunner().invoke(app, ["compare", "--json", "--md"])
    assert result.exit_code == 1
    assert "--json and --md: use one of them" in result.output


@pytest.mark.error_case("compare")
def test_a_folder_is_not_replaced_by_the_page(repository: Path) -> None:
    with pytest.raises(UserError, match="conf: is a folder"):
        compare(CompareOptions("HEAD~1", None, html=Path("conf")))
    assert Path("conf/accepted").is_dir()


def test_the_page_is_written_beside_the_text(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit_results("base", tiny=predicted(0))
    commit_results("head", tiny=predicted(0, 1))
    compare(CompareOptions("base", "head", html=Path("reports/compare.html")))
    assert 'href="#dataset-tiny"' in Path("reports/compare.html").read_text()
    printed = capsys.readouterr()
    assert "accuracy" in printed.out
    assert printed.err == "page: reports/compare.html\n"


@pytest.mark.error_case("compare")
def test_a_dataset_in_place_of_a_revision(repository: Path) -> None:
    commit_results("base", tiny=predicted())
    Path("conf/dataset").mkdir()
    Path("conf/dataset/tiny.yaml").write_text("")
    Path("conf/dataset/base.yaml").write_text("")
    with pytest.raises(UserError, match="tiny is a dataset: use --key tiny"):
        compare(CompareOptions("base", "tiny"))
