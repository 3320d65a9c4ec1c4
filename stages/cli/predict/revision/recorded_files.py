"""The files of a dataset that dvc.lock at a commit records, and of which `restage predict` needs some."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from stages.cli.cache.recorded_output_files import outputs_of_entry
from stages.cli.git import file_at_commit
from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE
from stages.core.artefacts.raw.raw_files import META, WORDS
from stages.core.dvc.lock_file.lock_entries import LockText
from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.dvc.storage.cache import FOLDER_SUFFIX
from stages.core.errors import UserError, suggest
from stages.core.paths import check_key
from stages.inference.output_settings import OUTPUT_SETTINGS_FILE

STAGES = ("download", "validate", "preprocess", "train", "evaluate")


@dataclass(frozen=True)
class RecordedOutput:
    path: Path
    md5: str

    @property
    def is_folder(self) -> bool:
        return self.md5.endswith(FOLDER_SUFFIX)


def recorded_outputs(commit: str, revision: str, key: str) -> list[RecordedOutput]:
    """The outputs of the guard and of the dataset's stages up to evaluate.

    Raises UserError if dvc.lock is missing or damaged, or has no model of this dataset.
    """
    try:
        entries = LockText.parse(file_at_commit(commit, LOCK)).entries
        names = ["guard", *(f"{stage}@{check_key(key)}" for stage in STAGES)]
        outputs = [output for name in names if name in entries for output in outputs_of_entry(entries[name])]
    except (ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError):
        raise UserError(f"--rev {revision}: its {LOCK} cannot be read; name another revision") from None
    if f"train@{key}" not in entries or f"evaluate@{key}" not in entries:
        known = [name.removeprefix("evaluate@") for name in entries if name.startswith("evaluate@")]
        hint = suggest(key, known) if known else f"it has no results; run `restage run {key}` there and commit {LOCK}"
        raise UserError(f"--rev {revision}: its {LOCK} has no trained model of {key}; {hint}")
    return [RecordedOutput(Path(output["path"]), output["md5"]) for output in outputs]


def needed_files(output: RecordedOutput, files: dict[str, str], key: str, with_data: bool) -> Iterator[str]:
    """Of the files in the folder of an output those that predict reads; `with_data` those of the splits too."""
    few = {
        paths.raw_data(key): (META, WORDS),
        paths.processed_data(key): (FITTED_FILE,),
        paths.model(key): ("model.keras", "training.json"),
        paths.predictions(key): (OUTPUT_SETTINGS_FILE,),
        paths.DATASET_PARAMS: (f"{key}.json",),
    }
    folders_of_data = (paths.raw_data(key), paths.processed_data(key)) if with_data else ()
    for file in files:
        if output.path == paths.MODEL_FILE_COPIES:
            is_needed = file.startswith(f"{key}/")
        else:
            is_needed = file in few.get(output.path, ()) or output.path in folders_of_data
        if is_needed:
            yield file
