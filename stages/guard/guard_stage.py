"""Checks that params.yaml is what conf/ composes to, and writes what the stages read. All stages depend on it."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import Composition, compose
from stages.config.schema import SECTIONS, Dataset
from stages.core import paths
from stages.core.artefacts.profile import NO_PROFILE, profile_text, read_profile
from stages.core.artefacts.records.record import record_text
from stages.core.artefacts.records.refreshed import NO_REFRESH, read_refresh_record, refresh_record_text
from stages.core.artefacts.records.suite_datasets import DatasetTitle, SuiteRecord
from stages.core.errors import ErrorList, UserError, format_examples
from stages.core.files.atomic_write import json_text, write_json, write_text
from stages.core.own_model.model_files import PACKAGE_FILE, PACKAGE_TEXT
from stages.core.parameters.read_params import read_params
from stages.core.parameters.validation_errors import dotted_path
from stages.core.run_stage.stage import in_experiment
from stages.core.run_stage.stage_outputs import StageOutputs
from stages.guard.remove_other_datasets import remove_results_of_other_datasets

_ABSENT = object()


def guard(outputs: StageOutputs) -> None:
    """Check params.yaml, then write what other stages read: parameters, copies of files in conf/, titles.

    Raises UserError if params.yaml is stale or has errors. In an experiment it differs from conf/ on purpose.
    """
    params = read_params()
    if in_experiment():
        suite = check_parameters(Composition(params, {}), paths.PARAMS)
    else:
        composed = compose()
        suite = check_parameters(composed)
        check_up_to_date(params, composed.params)
    remove_results_of_other_datasets(suite.datasets)
    copy_accepted_profiles(suite.datasets, outputs)
    copy_refresh_records(suite.datasets, outputs)
    copy_model_files(suite.datasets, outputs)
    # A file for each dataset, so that no stage depends on another dataset's parameters. A section that conf/ leaves out
    # is written as an empty one: DVC refuses a parameter that does not exist.
    with outputs.folder(paths.DATASET_PARAMS) as folder:
        for key, sections in params["datasets"].items():
            write_json(folder / paths.dataset_params(key).name, written_sections(sections))
    titles = [
        DatasetTitle(key=key, title=dataset.report.title, source=source_digest(params["datasets"][key]["download"]))
        for key, dataset in suite.datasets.items()
    ]
    outputs.write_text(paths.SUITE, record_text(SuiteRecord(suite=suite.suite, datasets=titles)))


def written_sections(sections: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of all stages that the dataset has: only with a section `export` it has this stage.

    Gates are left out, since no stage reads them.
    """
    absent = ["export"] if sections.get("export") is None else []
    written = {name: sections.get(name, {}) for name in SECTIONS if name not in absent}
    return written | {"evaluate": {name: value for name, value in written["evaluate"].items() if name != "gate"}}


def source_digest(download: Mapping[str, Any]) -> str:
    """The same for datasets with the same download parameters.

    >>> source_digest({"source": "sklearn", "name": "iris"}) == source_digest({"name": "iris", "source": "sklearn"})
    True
    """
    return hashlib.blake2b(json_text(download).encode(), digest_size=16).hexdigest()


def copy_accepted_profiles(keys: Iterable[str], outputs: StageOutputs) -> None:
    """Write each dataset's accepted profile in the layout of validate's; an empty object if none was accepted.

    Each validate stage depends on its own copy, so that accepting a profile reruns no other dataset.
    """
    _write_copies(keys, accepted_profile_text, paths.ACCEPTED_COPIES, outputs)


def copy_refresh_records(keys: Iterable[str], outputs: StageOutputs) -> None:
    """Write what the last `restage refresh` of each dataset found; an empty object if it was never refreshed."""
    _write_copies(keys, refresh_text, paths.REFRESH_RECORD_COPIES, outputs)


def _write_copies(keys: Iterable[str], text_of: Callable[[str], str], target: Path, outputs: StageOutputs) -> None:
    """Write a file for each dataset, unless one of them is damaged."""
    errors, texts = ErrorList(), dict[str, str]()
    for key in keys:
        with errors.collect():
            texts[key] = text_of(key)
    errors.raise_if_any()
    with outputs.folder(target) as folder:
        for key, text in texts.items():
            write_text(folder / f"{key}.json", text)


def copy_model_files(datasets: Mapping[str, Dataset], outputs: StageOutputs) -> None:
    """Write a folder for each dataset, with the files in conf/models that it uses.

    Its train and evaluate depend on this folder, so that an edit of a file reruns no other dataset.
    """
    with outputs.folder(paths.MODEL_FILE_COPIES) as folder:
        for key, dataset in datasets.items():
            copies = folder / paths.model_file_copies(key).name
            write_text(copies / PACKAGE_FILE, PACKAGE_TEXT)
            for name in dataset.train.model_files:
                (copies / name).write_bytes((paths.MODEL_FILES / name).read_bytes())


def accepted_profile_text(key: str) -> str:
    """The content of the copy of a dataset's accepted profile."""
    try:
        return profile_text(read_profile(paths.accepted_profile(key), f"`restage accept {key}` writes it anew"))
    except FileNotFoundError:
        return NO_PROFILE


def refresh_text(key: str) -> str:
    """The content of the copy of a dataset's refresh record."""
    file = paths.refresh_record(key)
    try:
        return refresh_record_text(read_refresh_record(file, f"`git checkout {file}`, or remove it"))
    except FileNotFoundError:
        return NO_REFRESH


def check_up_to_date(written: Mapping[str, Any], composed: Mapping[str, Any]) -> None:
    """Raise UserError with the keys whose values differ. Layout and comments may differ."""
    changed = differences(written, composed)
    if changed:
        raise UserError(
            f"{paths.PARAMS} is not what conf/ composes to ({format_examples(changed)}); run `restage compose`"
        )


def differences(left: Any, right: Any, at: tuple[str | int, ...] = ()) -> list[str]:
    """The keys whose values or types differ.

    >>> differences({"a": {"b": 1}, "c": 2}, {"a": {"b": 3}})
    ['a.b', 'c']
    """
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        keys = sorted({*left, *right}, key=str)
        return [d for k in keys for d in differences(left.get(k, _ABSENT), right.get(k, _ABSENT), (*at, k))]
    return [] if type(left) is type(right) and left == right else [dotted_path(at)]
