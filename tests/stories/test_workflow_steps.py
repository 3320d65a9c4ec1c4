"""The steps of the workflow `results`, on a pull request in a throwaway repository, with a server for the comments."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pull_request_comment.fake_site import (
    BOT,
    PERSON,
    PULL_REQUEST,
    TOKEN,
    FakeSite,
    GitHubHandler,
    github_variables,
    serve,
)
from tests.stories.repo import Repo, environment
from tests.stories.run_workflow_job import Job

pytestmark = pytest.mark.long
FINISHED = re.compile(r"^(\w+)@\w+: [\d.]+ s", re.MULTILINE)
LOCK_DIFFERS = re.compile(r"^ ?dvc\.lock +\|", re.MULTILINE)
MARKER = "<!-- restage: results -->"
CONDITIONS = {
    "steps.environment.outputs.cache-hit == 'true'": lambda _: True,
    "github.event_name == 'pull_request'": lambda _: True,
    "!cancelled() && steps.setup.outcome == 'success' && github.event_name == 'pull_request'": (
        lambda job: job.outcomes["setup"] == "success"
    ),
}


@pytest.fixture
def github() -> Iterator[FakeSite]:
    with serve(GitHubHandler) as site:
        yield site


@pytest.fixture
def pull_request(repo: Repo) -> Repo:
    """A new checkout of a branch with another title for iris, without results of it, and the cache of the base."""
    link_environment(repo.path / ".venv")
    shutil.rmtree(repo.path / "data")
    repo.git("switch", "--quiet", "--create", "renamed")
    repo.edit("conf/dataset/iris.yaml", "title: ", "title: Many ")
    repo.commit("Another title")
    return repo


def link_environment(target: Path) -> None:
    """The environment of the tests, with a file of its own that says that it is up to date."""
    target.mkdir()
    for entry in Path(sys.prefix).iterdir():
        (target / entry.name).symlink_to(entry)
    (target / "restage-ready").unlink(missing_ok=True)
    (target / "restage-ready").touch()
    # Otherwise the step `make setup` would install packages into the environment of the tests.
    planned = subprocess.run(
        ["make", "--dry-run", "setup"], cwd=target.parent, env=environment(), capture_output=True, text=True, check=True
    ).stdout
    assert "pip install" not in planned


def run_steps(repo: Repo, site: FakeSite) -> Job:
    head, base = repo.git("rev-parse", "HEAD").strip(), repo.git("rev-parse", "main").strip()
    values = {
        "github.event.pull_request.base.sha": base,
        "github.event.pull_request.head.sha": head,
        "github.event.pull_request.number": str(PULL_REQUEST),
        "github.token": TOKEN,
    }
    of_github = {name: value for name, value in github_variables(site).items() if name.startswith("GITHUB_")}
    summary = {"GITHUB_STEP_SUMMARY": str(repo.path / ".git/summary.md"), "PYTHONPATH": str(repo.path)}
    job = Job(repo.path, values, CONDITIONS, environment() | of_github | summary)
    del job.environment["GITHUB_TOKEN"]  # only the step that comments has it
    job.run(repo.path / ".github/workflows/results.yml", "results")
    return job


def test_each_push_updates_one_comment(pull_request: Repo, github: FakeSite) -> None:
    github.add(PERSON, f"{MARKER}\nA person wrote this.")
    pull_request.edit("conf/suite/starter.yaml", "epochs: 2", "epochs: 6")
    pull_request.commit("More epochs, without results")
    first = run_steps(pull_request, github)
    assert not first.failed, first.output
    assert FINISHED.findall(first.output["Run the stages that changed"]) == ["train", "evaluate", "report"]
    (comment,) = github.texts_of(BOT)
    assert comment.startswith(MARKER)
    assert "epochs" in comment
    assert LOCK_DIFFERS.search(comment)
    assert comment in pull_request.read(".git/summary.md")

    pull_request.commit("The results of the job")
    second = run_steps(pull_request, github)
    assert not second.failed, second.output
    assert FINISHED.findall(second.output["Run the stages that changed"]) == []
    (updated,) = github.texts_of(BOT)
    assert updated != comment
    assert not LOCK_DIFFERS.search(updated)
    assert github.texts_of(PERSON) == [f"{MARKER}\nA person wrote this."]


def test_a_failed_run_fails_the_job_and_the_comment_says_so(pull_request: Repo, github: FakeSite) -> None:
    pull_request.edit("conf/suite/starter.yaml", "epochs: 2", "epochs: -1")
    pull_request.commit("No epochs")
    job = run_steps(pull_request, github)
    assert job.failed
    (comment,) = github.texts_of(BOT)
    assert comment.splitlines()[1] == "### :x: `restage run` failed"
    assert "epochs" in comment
    assert "Check the gates" not in job.output


def test_a_failed_gate_fails_the_job_and_the_comment_has_the_comparison(pull_request: Repo, github: FakeSite) -> None:
    gate = "    evaluate: {gate: {at_most: {log_loss: 0.0001}}}\n"
    pull_request.edit("conf/suite/starter.yaml", "  line_exact:\n    train", f"{gate}  line_exact:\n    train")
    pull_request.commit("A gate")
    job = run_steps(pull_request, github)
    assert job.failed
    (comment,) = github.texts_of(BOT)
    assert comment.splitlines()[1] == "### :x: `restage check` failed"
    assert "at_most.log_loss" in comment
    assert "Many Iris" in comment


def test_a_fork_has_the_text_in_the_summary(pull_request: Repo, github: FakeSite) -> None:
    github.failing = lambda request: "addComment(" in request
    github.failure = (200, '{"data": null, "errors": [{"type": "FORBIDDEN", "message": "Not accessible"}]}')
    job = run_steps(pull_request, github)
    assert not job.failed, job.output
    assert github.comments == []
    assert "Many" in pull_request.read(".git/summary.md")
    assert "::warning::" in job.output["Comment on the pull request"]
