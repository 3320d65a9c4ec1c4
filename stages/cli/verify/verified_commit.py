"""The commit that is verified: HEAD. Everything that affects a result must be committed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stages.cli.dataset_keys import check_keys
from stages.cli.git import git
from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.dvc.pipeline_file import PIPELINE, stages_of_dataset
from stages.core.errors import UserError, format_examples
from stages.core.parameters.read_params import read_params
from stages.core.paths import CONF, PARAMS

# Files that decide what runs, or with what the results are compared.
RELEVANT = (".dvc/config", ".dvcignore", "conf", str(LOCK), str(PIPELINE), str(PARAMS), "requirements.lock", "stages")


@dataclass(frozen=True)
class Head:
    """The commit, the folder of dvc.yaml relative to the repository's root, and the content of files at HEAD."""

    commit: str
    prefix: str
    params: Mapping[str, Any]
    pipeline: Mapping[str, Any]
    lock: Mapping[str, Any]


def read_head(keys: Sequence[str]) -> Head:
    """Raises a UserError for everything that can be found before a stage runs."""
    commit = git("rev-parse", "--verify", "HEAD").strip()
    prefix = git("rev-parse", "--show-prefix").strip()
    params = _read_at_head(PARAMS, create="restage compose")
    pipeline = _read_at_head(PIPELINE, create="git checkout")
    lock = _read_at_head(LOCK, create="restage run")
    current, committed = read_params().get("suite"), params.get("suite")
    if current != committed:
        raise UserError(
            f"{PARAMS} has the suite {current!r}, at HEAD {committed!r}, and verify runs what HEAD has; "
            f"`restage compose --suite {committed}`, or commit yours with its dvc.lock"
        )
    changed = git("status", "--porcelain", "-z", "--no-renames", "--", *RELEVANT).split("\0")[:-1]
    if changed:
        local = f" ({CONF}/local.yaml changes this clone's parameters)" if (CONF / "local.yaml").is_file() else ""
        names = format_examples(line[3:] for line in changed)
        raise UserError(f"not committed: {names}{local}; verify runs what HEAD has, so commit or stash first")
    check_keys(keys, list(params.get("datasets", {})))
    return Head(commit, prefix, params, pipeline.get("stages", {}), lock.get("stages", {}))


def _read_at_head(file: Path, create: str) -> dict[str, Any]:
    """The content of a YAML file at HEAD; `create` is the command that writes it."""
    if not git("ls-tree", "--name-only", "HEAD", "--", str(file)):
        raise UserError(
            f"{file} is not in HEAD, and verify uses committed files only; run `{create}`, then commit {file}"
        )
    try:
        content = yaml.load(git("show", f"HEAD:./{file}"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise UserError(f"{file} at HEAD: not YAML ({' '.join(str(error).split())})") from None
    if not isinstance(content, dict):
        raise UserError(f"{file} at HEAD: keys with values are expected")
    return content


def recorded_stages(head: Head, keys: Sequence[str]) -> list[str]:
    """The stages to verify: those without a dataset, and those of the datasets in `keys`, or of all if it is empty.

    Raises a UserError if dvc.lock has no record of one. With `keys`, stages without a dataset need no record.
    """
    single = [name for name, section in head.pipeline.items() if "foreach" not in section]
    datasets = keys or head.params.get("datasets", {})
    names = [f"{name}@{key}" for key in datasets for name in stages_of_dataset(key, head.pipeline, head.params)]
    missing = [name for name in (names if keys else [*single, *names]) if name not in head.lock]
    if missing:
        raise UserError(f"{LOCK} at HEAD has no {format_examples(missing)}; `restage run`, then commit {LOCK}")
    return [*single, *names]
