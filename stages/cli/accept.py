"""`restage accept`: copies the profiles of the current raw data to conf/accepted, where a person commits them."""

from collections.abc import Mapping, Sequence
from typing import Any

from stages.cli.dataset_keys import check_keys
from stages.core import paths
from stages.core.artefacts.profile import Profile, profile_text, read_profile
from stages.core.artefacts.raw.raw_files import file_hashes
from stages.core.dvc.lock_file.lock_file import read_lock_file
from stages.core.errors import ErrorList, UserError, format_examples
from stages.core.files.atomic_write import write_text
from stages.core.files.check_is_file import check_is_file
from stages.core.parameters.read_params import read_params
from stages.report.rendering.format_text import count


def accept(keys: Sequence[str]) -> None:
    """Accept the profiles of these datasets, or of all; nothing is written if one of them is not up to date."""
    datasets = read_params()["datasets"]
    check_keys(keys, list(datasets))
    errors, profiles, recorded = ErrorList(), dict[str, Profile](), read_lock_file()
    for key in keys or datasets:
        with errors.collect():
            check_is_file(paths.accepted_profile(key))
            profiles[key] = _current_profile(key, recorded.get(f"download@{key}", {}), datasets[key])
    errors.raise_if_any()
    for key, profile in profiles.items():
        file = paths.accepted_profile(key)
        try:
            changes = describe_changes(read_profile(file, ""), profile)
        except (FileNotFoundError, UserError):  # there is none, or it is damaged
            changes = describe_changes(None, profile)
        write_text(file, profile_text(profile))
        print(f"{file}: {changes}")


def _current_profile(key: str, recorded: Mapping[str, Any], dataset: Mapping[str, Any]) -> Profile:
    """The profile that validate wrote, if it is that of the raw data, and these have the parameters of params.yaml.

    `recorded` is the record of the download in dvc.lock.
    """
    file, raw, command = paths.data_profile(key), paths.raw_data(key), f"run `restage run {key}`"
    if not file.is_file():
        raise UserError(f"{file}: not found; {command}")
    profile = read_profile(file, command)
    if profile.files != file_hashes(raw):
        raise UserError(f"{file}: belongs to other data than {raw} has; {command}")
    params = recorded.get("params", {}).get(str(paths.dataset_params(key)), {}).get("download")
    if params is not None and params != dataset.get("download"):
        raise UserError(f"{raw}: downloaded with other parameters than {paths.PARAMS} has; {command}")
    return profile


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
