"""`restage refresh`: reads the source of a dataset again, shows what changed, and pins the present data in conf/."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from stages.cli.dataset_keys import check_keys
from stages.cli.refresh.check_new_data import find_errors, validation_errors
from stages.cli.refresh.check_sources import check_sources
from stages.cli.refresh.comparison.compare_with_recorded import compare_with_recorded
from stages.cli.refresh.describe_new_data import (
    changes_document,
    describe_comparison,
    describe_failed,
    describe_files,
    describe_others,
)
from stages.cli.refresh.pin_data import NewData, pin_data
from stages.cli.refresh.pinned_in_conf import files_with_hashes, other_datasets
from stages.config.check_parameters import check_parameters
from stages.config.checks.conf_files import check_input_files
from stages.config.compose_conf import Composition, compose
from stages.config.dvc_config_secrets import check_secrets
from stages.config.schema import Dataset
from stages.core.errors import UserError, format_examples
from stages.download.current_hashes import current_files, hashes_of, pinned_hashes, with_hashes
from stages.download.load_source import load_source
from stages.download.params import Source

TEMPORARY = Path(".dvc/tmp")


@dataclass(frozen=True)
class RefreshOptions:
    """`keys` are the datasets, `key_columns` the columns that identify a row."""

    keys: Sequence[str] = ()
    key_columns: Sequence[str] = ()
    yes: bool = False
    check: bool = False
    as_json: bool = False


def refresh(options: RefreshOptions) -> None:
    """With `check`, exit with 1 if a source changed, and with 2 if one cannot be read."""
    check_options(options)
    composition, datasets = composed_datasets()
    check_keys(options.keys, list(datasets))
    if options.check:
        chosen = {key: dataset for key, dataset in datasets.items() if not options.keys or key in options.keys}
        raise SystemExit(check_sources(chosen, options.as_json))
    [key] = options.keys
    refresh_dataset(key, datasets[key], composition, options)


def check_options(options: RefreshOptions) -> None:
    if options.check and (options.yes or options.key_columns):
        raise UserError("--check only says whether a source changed; leave --yes and --key out")
    if options.as_json and options.yes:
        raise UserError("--json only shows what changed; leave it or --yes out")
    if not options.check and len(options.keys) != 1:
        raise UserError("name one dataset; with --check, several or none, which is all")


def composed_datasets() -> tuple[Composition, Mapping[str, Dataset]]:
    check_secrets()
    check_input_files()
    composition = compose()
    return composition, check_parameters(composition).datasets


def refresh_dataset(key: str, dataset: Dataset, composition: Composition, options: RefreshOptions) -> None:
    check_has_hashes(key, dataset.download)
    files = current_files(dataset.download)
    hashes = {pinned: current for pinned, current in hashes_of(files).items() if pinned != current}
    if not hashes:
        print(json.dumps({"dataset": key, "changed": False}) if options.as_json else f"{key}: as conf/ pins it")
        return
    if not options.as_json:
        print("\n".join([f"{key}: the data changed", *describe_files(files)]), flush=True)
    with TemporaryDirectory(dir=scratch_parent()) as folder:
        raw = load_source(with_hashes(dataset.download, hashes, files), Path(folder))
        show_and_pin(NewData(key, hashes, files, raw), Path(folder), dataset, composition, options)


def scratch_parent() -> Path | None:
    """DVC's folder for temporary files, on the disk of the repository: the rows of a large table are written there."""
    return TEMPORARY if TEMPORARY.is_dir() else None


def show_and_pin(
    new: NewData, folder: Path, dataset: Dataset, composition: Composition, options: RefreshOptions
) -> None:
    """`folder` is for temporary files."""
    key, hashes, files = new.key, new.hashes, new.files
    comparison = compare_with_recorded(key, dataset, new.raw, options.key_columns, folder)
    places = files_with_hashes(key, hashes, composition)
    others = other_datasets(key, hashes, places, composition)
    errors = find_errors(new.raw, dataset)
    failed = [] if errors else validation_errors(new.raw, dataset, comparison.accepted, folder)
    if options.as_json:
        print(json.dumps(changes_document(key, files, comparison, others, errors, failed), indent=2))
    else:
        print("\n".join([*describe_comparison(comparison), *describe_others(others), *describe_failed(failed)]))
        sys.stdout.flush()
    if errors:
        raise UserError(*errors, "the new data do not fit conf/, so that nothing was pinned; correct one of them")
    if is_accepted(key, places, options):
        pin_data(new, places, others, comparison, composition.params["datasets"][key])


def check_has_hashes(key: str, source: Source) -> None:
    if pinned_hashes(source):
        return
    if source.source == "http":
        raise UserError(
            f"{key}: conf/ has no hash of its files: download verifies them by the file that is published beside each; "
            f"`dvc repro --force --single-item download@{key}` reads them again"
        )
    raise UserError(
        f"{key}: source {source.source} has no hash in conf/: its data change only with the parameters in conf/ and "
        "the versions in requirements.lock"
    )


def is_accepted(key: str, places: Sequence[Path], options: RefreshOptions) -> bool:
    """Whether the user wants to pin the new data. Without a terminal, only --yes says so."""
    files = format_examples(places)
    if options.as_json or options.yes:
        return options.yes
    if not is_terminal():
        print(f"\nNothing was changed. `restage refresh {key} --yes` pins the new data in {files}.")
        return False
    return typer.confirm(f"\nPin the new data in {files}?", default=False)


def is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()
