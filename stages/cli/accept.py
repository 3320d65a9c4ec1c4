"""`restage accept`: copies the profiles of the current raw data to conf/accepted, where a person commits them."""

from collections.abc import Mapping, Sequence
from typing import Any

from stages.cli.dataset_keys import check_keys
from stages.core import paths
from stages.core.artefacts.profile import Profile, profile_text, read_profile
from stages.core.artefacts.raw_files import file_hashes
from stages.core.dvc.lock_file import read_lock_file
from stages.core.errors import ErrorList, UserError, format_examples
from stages.core.params import read_params
from stages.core.runtime.atomic_write import write_text
from stages.report.format_text import count


def accept(keys: Sequence[str]) -> None:
    """Accept the profiles of these datasets, or of all; nothing is written if one of them is not up to date."""
    datasets = read_params()["datasets"]
    check_keys(keys, list(datasets))
    for key, profile in _current_profiles(keys or list(datasets), datasets).items():
        file = paths.accepted_profile(key)
        changes = describe_changes(_accepted_profile(key), profile)
        write_text(file, profile_text(profile))
        print(f"{file}: {changes}")


def _current_profiles(keys: Sequence[str], datasets: Mapping[str, Any]) -> dict[str, Profile]:
    errors, profiles, recorded = ErrorList(), dict[str, Profile](), read_lock_file()
    for key in keys:
        with errors.collect():
            profiles[key] = _current_profile(key)
            _check_download_params(key, recorded.get(f"download@{key}", {}), datasets[key])
    errors.raise_if_any()
    return profiles


def _current_profile(key: str) -> Profile:
    """The profile that validate wrote, if it is that of the raw data."""
    file = paths.data_profile(key)
    if not file.is_file():
        raise UserError(f"{file}: not found; {_run_command(key)}")
    profile = read_profile(file, _run_command(key))
    if profile.files != file_hashes(paths.raw_data(key)):
        raise UserError(f"{file}: belongs to other data than {paths.raw_data(key)} has; {_run_command(key)}")
    return profile


def _check_download_params(key: str, recorded: Mapping[str, Any], dataset: Mapping[str, Any]) -> None:
    """The raw data must come from the parameters that params.yaml has now; `recorded` is from dvc.lock."""
    params = recorded.get("params", {}).get(str(paths.dataset_params(key)), {}).get("download")
    if params is not None and params != dataset.get("download"):
        raise UserError(
            f"{paths.raw_data(key)}: downloaded with other parameters than {paths.PARAMS} has; {_run_command(key)}"
        )


def _run_command(key: str) -> str:
    return f"run `restage run {key}`"


def _accepted_profile(key: str) -> Profile | None:
    """None if there is none, or if it is damaged: accepting replaces it."""
    try:
        return read_profile(paths.accepted_profile(key), "")
    except (FileNotFoundError, UserError):
        return None


def describe_changes(accepted: Profile | None, current: Profile) -> str:
    if accepted is None:
        return f"accepted, {count(current.rows, 'row')}, {count(len(current.columns), 'column')}"
    if accepted == current:
        return "nothing changed"
    rows = f"{current.rows:,} rows as before"
    if accepted.rows != current.rows:
        rows = f"rows {accepted.rows:,}, now {current.rows:,}"
    old, new = ({column.name: column for column in profile.columns} for profile in (accepted, current))
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return f"{rows}; changed: {format_examples(changed) or 'no column'}"
