"""Workflows of GitHub, and the example for GitLab, by the linters made for them, which `make servers` installs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.repository.dvc_yaml import ROOT

TOOLS = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PINNED = re.compile(r"^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
STEP = re.compile(r"\.ci/step (.*?)(?: \|\| true)?$", re.MULTILINE)
GITLAB_EXAMPLE = re.compile(r"^```yaml\n# \.gitlab-ci\.yml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def lint(*command: str) -> None:
    done = subprocess.run([TOOLS / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
def test_the_workflows_have_the_form_that_github_reads() -> None:
    lint("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, WORKFLOWS))


@pytest.mark.long
def test_the_workflows_have_no_known_weakness() -> None:
    lint("zizmor", "--offline", "--no-progress", *map(str, WORKFLOWS))


def gitlab_example() -> str:
    (example,) = GITLAB_EXAMPLE.findall((ROOT / "docs/how-to/use-in-ci.md").read_text(encoding="utf-8"))
    return str(example)


@pytest.mark.long
def test_the_example_for_gitlab_has_the_form_that_gitlab_reads(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text(gitlab_example())
    lint("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(tmp_path / ".gitlab-ci.yml"))


def test_the_example_for_gitlab_runs_the_steps_of_github() -> None:
    github = yaml.safe_load((ROOT / ".github/workflows/results.yml").read_text(encoding="utf-8"))
    gitlab = yaml.safe_load(gitlab_example())["results"]
    commands = "\n".join(step.get("run", "") for step in github["jobs"]["results"]["steps"])
    assert STEP.findall("\n".join(gitlab["script"])) == STEP.findall(commands)
    assert "PYTHONPATH=.ci .venv/bin/python -m pull_request_comment" in commands
    assert "PYTHONPATH=.ci .venv/bin/python -m pull_request_comment" in gitlab["after_script"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_its_hash_and_says_its_version(workflow: Path) -> None:
    actions = re.findall(r"^ *-? *uses: (.*)$", workflow.read_text(encoding="utf-8"), re.MULTILINE)
    assert actions
    assert [action for action in actions if not PINNED.match(action)] == []


def test_a_workflow_of_pull_requests_has_no_rights_of_the_base() -> None:
    for workflow in WORKFLOWS:
        assert "pull_request_target" not in workflow.read_text(encoding="utf-8")


def test_a_newer_push_ends_the_job_of_an_older_one() -> None:
    for name in ("ci.yml", "results.yml"):
        concurrency = yaml.safe_load((ROOT / ".github/workflows" / name).read_text(encoding="utf-8"))["concurrency"]
        assert "github.event.pull_request.number" in concurrency["group"]
        assert concurrency["cancel-in-progress"] is True
