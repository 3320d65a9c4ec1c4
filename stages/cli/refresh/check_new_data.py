"""Whether new data fit conf/: what preprocess would refuse, and what validate would report."""

from pathlib import Path

from stages.cli.refresh.comparison.compare_splits import split_of_rows
from stages.config.schema import Dataset
from stages.core.artefacts.profile import Profile
from stages.core.artefacts.raw.raw_data import RawData, Table
from stages.core.errors import ErrorList, UserError, format_examples
from stages.validate.params import Validate
from stages.validate.run_validation import validate


def find_errors(new: RawData, dataset: Dataset) -> list[str]:
    """What conf/ names and the data do not have, and why their rows cannot be split."""
    errors = ErrorList()
    if isinstance(new, Table):
        for message in column_errors(dataset.validate_, new.columns):
            errors.add(f"validate.{message}")
    with errors.collect():
        split_of_rows(new, dataset.preprocess)
    return errors.messages


def column_errors(params: Validate, columns: list[str]) -> list[str]:
    if params.columns is None:
        return params.column_errors(columns)
    removed = [repr(name) for name in params.columns if name not in columns]
    added = [repr(name) for name in columns if name not in params.columns]
    errors = [f"columns names {format_examples(removed)}, which the new data do not have"] if removed else []
    return errors + ([f"columns does not name {format_examples(added)}, which is new"] if added else [])


def validation_errors(new: RawData, dataset: Dataset, accepted: Profile | None, folder: Path) -> list[str]:
    """The checks of validate that the data fail. `folder` is for temporary files of a large table."""
    try:
        return validate(new, dataset.validate_, accepted, folder=folder).errors
    except UserError as error:
        return list(error.messages)
