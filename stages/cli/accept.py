"""A person's decision that the data are as they should be: validate's profile of them becomes the accepted one."""

from collections.abc import Mapping, Sequence
from typing import Any

from stages.cli.dataset_keys import check_keys
from stages.core import paths
from stages.core.artefacts.profile import Profile, profile_text, read_profile
from stages.core.artefacts.raw import file_hashes
from stages.core.dvc.cache import read_lock_file
from stages.core.errors import ErrorList, UserError, format_examples
from stages.core.params import read_params
from stages.core.runtime.atomic_write import write_text
from stages.report.format_text import count


def accept(keys: Sequence[str]) -> None:
    """All of them, or none and every reason why."""
    datasets = read_params()["datasets"]
    check_keys(keys, list(datasets))
    profiles = _current(keys or list(datasets), datasets)
    for key, profile in profiles.items():
        told = change(_accepted(key), profile)
        write_text(paths.accepted_profile(key), profile_text(profile))
        print(f"{paths.accepted_profile(key)}: {told}")


def _current(keys: Sequence[str], datasets: Mapping[str, Any]) -> dict[str, Profile]:
    errors, profiles, recorded = ErrorList(), {}, read_lock_file()
    for key in keys:
        with errors.collect():
            profiles[key] = _profile(key)
            _check_parameters(key, recorded.get(f"download@{key}", {}), datasets[key])
    errors.raise_if_any()
    return profiles


def _profile(key: str) -> Profile:
    file = paths.data_profile(key)
    if not file.is_file():
        raise UserError(f"{file}: not here; {_run(key)}")
    profile = read_profile(file, _run(key))
    if profile.files != file_hashes(paths.raw_data(key)):
        raise UserError(f"{file}: of other data than {paths.raw_data(key)} holds; {_run(key)}")
    return profile


def _check_parameters(key: str, download: Mapping[str, Any], dataset: Mapping[str, Any]) -> None:
    """What is here may be what conf/ said some time ago."""
    ran_with = download.get("params", {}).get(str(paths.PARAMS), {}).get(f"datasets.{key}.download")
    if ran_with is not None and ran_with != dataset.get("download"):
        raise UserError(f"{paths.raw_data(key)}: made with other parameters than {paths.PARAMS} has; {_run(key)}")


def _run(key: str) -> str:
    return f"run `restage run {key}`"


def _accepted(key: str) -> Profile | None:
    """One that cannot be read is replaced, which is the way to mend it."""
    try:
        return read_profile(paths.accepted_profile(key), "")
    except (FileNotFoundError, UserError):
        return None


def change(before: Profile | None, now: Profile) -> str:
    """What a person is told of it."""
    if before is None:
        return f"accepted, {count(now.rows, 'row')}, {count(len(now.columns), 'column')}"
    if before == now:
        return "nothing changed"
    rows = f"rows {before.rows:,}, now {now.rows:,}" if before.rows != now.rows else f"{now.rows:,} rows as before"
    then, there = ({column.name: column for column in profile.columns} for profile in (before, now))
    changed = [name for name in {**then, **there} if then.get(name) != there.get(name)]
    return f"{rows}; changed: {format_examples(changed) or 'no column'}"
