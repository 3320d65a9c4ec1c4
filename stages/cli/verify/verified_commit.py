"""What is verified: HEAD, as anyone would clone it, and nothing that is not committed."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stages.cli.dataset_keys import check_keys
from stages.core.dvc.cache import LOCK
from stages.core.errors import UserError, format_examples
from stages.core.params import read_params
from stages.core.paths import CONF, PARAMS

# A change of these is a change of what runs, or of what it is held against.
MATTERS = (".dvc/config", ".dvcignore", "conf", str(LOCK), "dvc.yaml", str(PARAMS), "requirements.lock", "stages")


@dataclass(frozen=True)
class Head:
    """The commit, the folder of the pipeline within the repository, and what the commit says."""

    commit: str
    prefix: str
    suite: str
    datasets: Mapping[str, Any]
    pipeline: Mapping[str, Any]
    lock: Mapping[str, Any]
    requirements: str


def git(*words: str, folder: Path = Path()) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S607
    except FileNotFoundError:
        raise UserError("git is not here; verify clones the repository with it") from None
    if done.returncode:
        raise UserError(f"git {words[0]}: {' '.join(done.stderr.split())}")
    return done.stdout


def read_head(keys: Sequence[str]) -> Head:
    """Everything that can be refused before anything runs."""
    commit = git("rev-parse", "--verify", "HEAD").strip()
    listed = set(git("ls-tree", "--name-only", "HEAD", "--", str(LOCK), "dvc.yaml", str(PARAMS)).split())
    for file, mend in ((str(PARAMS), "restage compose"), ("dvc.yaml", "git checkout"), (str(LOCK), "restage run")):
        if file not in listed:
            raise UserError(
                f"{file} is not in HEAD, which is what verify holds itself against; `{mend}`, then commit it"
            )
    params, pipeline, lock = (_content(file) for file in (str(PARAMS), "dvc.yaml", str(LOCK)))
    suite, datasets = str(params.get("suite")), params.get("datasets", {})
    check_suite(suite)
    check_committed()
    check_keys(keys, list(datasets))
    requirements = git("show", "HEAD:./requirements.lock") if Path("requirements.lock").is_file() else ""
    prefix = git("rev-parse", "--show-prefix").strip()
    return Head(commit, prefix, suite, datasets, pipeline, lock.get("stages", {}), requirements)


def _content(file: str) -> dict[str, Any]:
    try:
        content = yaml.load(git("show", f"HEAD:./{file}"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise UserError(f"{file} at HEAD: not YAML ({' '.join(str(error).split())})") from None
    if not isinstance(content, dict):
        raise UserError(f"{file} at HEAD: keys with values are expected")
    return content


def check_suite(committed: str) -> None:
    here = read_params().get("suite")
    if here != committed:
        raise UserError(
            f"{PARAMS} here is of the suite {here!r}, at HEAD of {committed!r}, and verify runs what HEAD has; "
            f"`restage compose --suite {committed}`, or commit yours with its dvc.lock"
        )


def check_committed() -> None:
    listed = git("status", "--porcelain", "-z", "--no-renames", "--", *MATTERS).split("\0")
    changed = [line[3:] for line in listed if line]
    if changed:
        own = f" ({CONF}/local.yaml is this clone's own)" if (CONF / "local.yaml").is_file() else ""
        raise UserError(
            f"not committed: {format_examples(changed)}{own}; verify runs what HEAD has, so commit or stash first"
        )


def wanted(head: Head, keys: Sequence[str]) -> list[str]:
    """The stages of these chains, all of which dvc.lock has to hold; of all chains, those of no dataset as well."""
    sections = head.pipeline.get("stages", {})
    chains = [name for name, section in sections.items() if "foreach" in section]
    single = [name for name in sections if name not in chains]
    names = [f"{name}@{key}" for key in keys or head.datasets for name in chains]
    missing = [name for name in (names if keys else [*single, *names]) if name not in head.lock]
    if missing:
        raise UserError(f"{LOCK} at HEAD has no {format_examples(missing)}; `restage run`, then commit {LOCK}")
    return [*single, *names]
