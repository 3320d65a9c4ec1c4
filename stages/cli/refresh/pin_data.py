"""Pins new data: their hashes in conf/, the record of what changed, params.yaml, and what DVC tracks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stages.cli.datasets.chain_states import chain_states
from stages.cli.datasets.compose_changes import composed_changes
from stages.cli.refresh.comparison.compare_with_recorded import Comparison
from stages.cli.refresh.pinned_in_conf import sizes_of, with_current
from stages.cli.run.clone_lock import only_run_in_clone
from stages.core import paths
from stages.core.artefacts.raw.raw_data import RawData
from stages.core.artefacts.records.refreshed import RefreshRecord, refresh_record_text
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.dvc.repository import Repository
from stages.core.errors import format_examples
from stages.core.files.atomic_write import remove, write_text
from stages.core.files.check_is_file import check_is_file
from stages.core.parameters.read_params import read_params
from stages.download.current_hashes import CurrentFile
from stages.download.fetch.verified_files import find_tracked


@dataclass(frozen=True)
class NewData:
    """`hashes` has the present hash for each one in conf that changed."""

    key: str
    hashes: Mapping[str, str]
    files: Mapping[str, CurrentFile]
    raw: RawData


def pin_data(
    new: NewData, places: Sequence[Path], others: Sequence[str], comparison: Comparison, sections: Mapping[str, Any]
) -> None:
    """Change the files that hold the hashes. All files get their old content back if conf/ does not compose then.

    `sections` are the parameters of the dataset as composed.
    """
    record, tracked = paths.refresh_record(new.key), tracked_files(new)
    check_is_file(record)
    texts = {file: with_current(file, new.hashes, sizes_of(new.files)) for file in places}
    pointers = [pointer_of(file) for file in tracked]
    with dvc_errors(), only_run_in_clone(wait=True):
        with composed_changes([*places, record, *pointers]):
            for file, text in texts.items():
                write_text(file, text)
            write_record(record, new, comparison, sections)
            if tracked:
                Repository().track(tracked)
        print_next(new.key, others, [*places, *([record] if record.is_file() else []), *pointers])


def tracked_files(new: NewData) -> list[Path]:
    """What DVC tracks of the changed files on this machine: the file, or the folder that it is in."""
    changed = (Path(file.location) for file in new.files.values() if file.changed)
    tracked = dict.fromkeys(map(find_tracked, changed))
    return [path for path in tracked if path is not None]


def pointer_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.dvc")


def write_record(file: Path, new: NewData, comparison: Comparison, sections: Mapping[str, Any]) -> None:
    """A record of earlier data is removed if these data could not be compared."""
    changes = comparison.changes
    if changes is None or changes.not_split:
        remove(file)
        return
    hashes = {digest for each in new.files.values() for digest in each.hashes.values()}
    split = dict(sections["preprocess"].get("split", {}))
    record = RefreshRecord(hashes=sorted(hashes), split=split, rows=changes.rows, splits=changes.splits)
    write_text(file, refresh_record_text(record))


def print_next(key: str, others: Sequence[str], changed: Sequence[Path]) -> None:
    print(f"{format_examples(changed)}: written")
    print("\n".join(stages_to_run([key, *others])))
    print("\nnext:")
    print(f"  restage run {key}                 # then `dvc metrics diff` compares with the last commit")
    if paths.accepted_profile(key).is_file():
        print(f"  restage accept {key}              # if the drift that validate reports is right")
    print(f"  git add {' '.join(map(str, changed))} params.yaml dvc.lock reports")
    print("Git keeps the record of the old data, and DVC's cache their content until `restage gc --delete`.")


def stages_to_run(keys: Sequence[str]) -> Iterator[str]:
    """A line for each of these datasets that is in the suite."""
    params = read_params()
    in_suite = [key for key in keys if key in params["datasets"]]
    repository = Repository()
    repository.read_stages()
    for state in chain_states(repository, params, in_suite):
        yield f"{state.key}: {', '.join(state.to_run) or 'nothing'} will run"
