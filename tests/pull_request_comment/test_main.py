from pathlib import Path

import pytest
from pull_request_comment.__main__ import main

from tests.pull_request_comment.fake_site import BOT, FakeSite, github_variables, gitlab_variables


@pytest.fixture(autouse=True)
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a job whose check failed."""
    monkeypatch.chdir(tmp_path)
    folder = Path(".cache/pull_request")
    folder.mkdir(parents=True)
    for step, status in {"run": 0, "status": 0, "recorded": 0, "compare": 0, "check": 1}.items():
        (folder / f"{step}.status").write_text(str(status))
        (folder / f"{step}.txt").write_text("")
    (folder / "comparison.md").write_text("| loss | 2 | 1 |")


def test_the_summary_of_the_job_has_the_text_of_the_comment(github: FakeSite) -> None:
    Path("summary.md").write_text("before\n")
    assert main(github_variables(github) | {"GITHUB_STEP_SUMMARY": "summary.md"}) == 0
    assert github.texts_of(BOT) == [Path("summary.md").read_text().removeprefix("before\n")]
    assert "actions/runs/99" in github.texts_of(BOT)[0]


def test_gitlab(gitlab: FakeSite, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(gitlab_variables(gitlab)) == 0
    assert "| loss | 2 | 1 |" in gitlab.texts_of(BOT)[0]
    assert "gitlab.example.org/job/99" in gitlab.texts_of(BOT)[0]
    assert "Comment created." in capsys.readouterr().out


def test_a_fork_has_the_summary_and_no_failure(github: FakeSite, capsys: pytest.CaptureFixture[str]) -> None:
    github.failure = (403, '{"message": "Resource not accessible by integration"}')
    assert main(github_variables(github) | {"GITHUB_STEP_SUMMARY": "summary.md"}) == 0
    assert "| loss | 2 | 1 |" in Path("summary.md").read_text()
    (warning,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("::warning::")]
    assert "Resource not accessible by integration" in warning


def test_an_error_fails_in_one_line_and_the_summary_is_there(
    github: FakeSite, capsys: pytest.CaptureFixture[str]
) -> None:
    github.failure = (500, "")
    assert main(github_variables(github) | {"GITHUB_STEP_SUMMARY": "summary.md"}) == 1
    assert "| loss | 2 | 1 |" in Path("summary.md").read_text()
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("::error::No comment: POST")


def test_a_missing_token(github: FakeSite, gitlab: FakeSite, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(github_variables(github) | {"GITHUB_TOKEN": ""}) == 1
    assert main({k: v for k, v in gitlab_variables(gitlab).items() if k != "GITLAB_TOKEN"}) == 1
    errors = [line for line in capsys.readouterr().out.splitlines() if line.startswith("::error::")]
    assert [line.split()[2] for line in errors] == ["GITHUB_TOKEN", "GITLAB_TOKEN"]
    assert github.requests == gitlab.requests == []


def test_a_commit_to_compare_with_that_was_not_found(github: FakeSite, gitlab: FakeSite) -> None:
    for site, variables in ((github, github_variables(github)), (gitlab, gitlab_variables(gitlab))):
        assert main({name: value for name, value in variables.items() if name != "BASE"}) == 0
        assert "compared with" not in site.texts_of(BOT)[0]


def test_outside_of_a_job_the_text_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main({"PATH": "/usr/bin", "BASE": "b" * 40}) == 0
    text = capsys.readouterr().out
    assert "| loss | 2 | 1 |" in text
    assert "<sub>Working tree, compared with bbbbbbbbbb.</sub>" in text
    assert "No comment" in text.splitlines()[-1]
