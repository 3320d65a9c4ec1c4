"""Ten changes on a branch: what `restage check` and `restage compare` say of each."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from stages.cli.compare.comparison import Comparison
from stages.cli.compare.describe_changes import has_same_results
from stages.cli.compare.markdown import markdown
from stages.cli.compare.terminal import terminal_text
from tests.stories.pull_requests import PULL_REQUESTS, create_repository
from tests.stories.repo import Repo

pytestmark = pytest.mark.long
PAGE = "reports/compare.html"
SECTION = re.compile(r'<section id="([^"]*)"')


@pytest.fixture(scope="session", name="main")
def _main(shared: Path, preloaded: str) -> Repo:
    """The main branch, made once for all workers."""
    repo, created = Repo(shared / "pull_requests", preloaded), shared / "pull_requests.txt"
    with FileLock(f"{repo.path}.lock"):
        if not created.exists():
            create_repository(repo.path, preloaded)
            created.touch()
    return repo


def sections(comparison: Comparison) -> set[str]:
    """Those that the page should have."""
    shown = [dataset for dataset in comparison.datasets if not has_same_results(dataset)]
    return {f"dataset-{each.key}" if each.state == "changed" else "new-and-removed" for each in shown}


def failed_gates(report: dict[str, Any]) -> set[str]:
    """Such as `iris.at_least.accuracy`, or `iris` for stale results."""
    stale = {dataset["key"] for dataset in report["datasets"] if dataset["stale"]}
    return stale | {
        f"{d['key']}.{gate['gate']}" for d in report["datasets"] for gate in d["gates"] if not gate["passed"]
    }


@pytest.mark.parametrize("name", PULL_REQUESTS)
def test_a_pull_request(name: str, main: Repo, tmp_path: Path) -> None:
    proposed, repo = PULL_REQUESTS[name], main.copy(tmp_path / "repo")
    repo.git("checkout", "--quiet", "-b", "proposal")
    proposed.change(repo)
    run = repo.restage("run", ok=False)
    assert (run.returncode == 0) == proposed.runs, run.stderr
    repo.commit(name)

    checked = repo.restage("check", "--json", ok=False)
    report = json.loads(checked.stdout)
    assert failed_gates(report) == proposed.failed
    assert (checked.returncode, report["passed"]) == ((1, False) if proposed.failed else (0, True))
    assert report["base"]["commit"] == repo.git("rev-parse", "main").strip()

    printed = repo.restage("compare", "--json", "--html", PAGE).stdout
    comparison = Comparison.model_validate_json(printed)
    assert {dataset.key: dataset.state for dataset in comparison.datasets} == proposed.states
    results = {dataset.key: dataset.headline.result for dataset in comparison.datasets if dataset.headline}
    assert results == proposed.results
    comment = markdown(comparison)
    assert [fact for fact in proposed.comment if fact not in comment] == [], comment
    assert [key for key in proposed.states if key not in terminal_text(comparison)] == []
    assert set(SECTION.findall(repo.read(PAGE))) == sections(comparison)
