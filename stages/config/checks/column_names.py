"""Names of columns and targets that do not fit other keys of the same dataset, as far as conf/ alone tells."""

from collections.abc import Iterator, Mapping, Sequence

from stages.config.schema import Dataset, Suite
from stages.core.columns.column_params import InputParams, picture_kind_error
from stages.core.columns.series.added_columns import added_columns
from stages.core.errors import suggest
from stages.core.parameters.validation_errors import Keys, ParameterError
from stages.download.params import picture_columns, resampled_columns
from stages.preprocess.params import Preprocess

Named = str | Sequence[str] | Mapping[str, str | list[str]] | None


def column_name_errors(suite: Suite) -> list[ParameterError]:
    """One error for each name, with the key that has it."""
    return [
        ParameterError(("datasets", key, section, *keys), text)
        for key, dataset in suite.datasets.items()
        for section, errors in (
            ("download", _resample_errors(dataset)),
            ("preprocess", _label_errors(dataset.preprocess)),
            ("preprocess", _column_errors(dataset)),
            ("preprocess", _step_errors(dataset)),
            ("preprocess", _picture_errors(dataset)),
        )
        for keys, text in errors
    ]


def _label_errors(params: Preprocess) -> Iterator[tuple[Keys, str]]:
    """A label for what is no target. Images and texts have no `targets`."""
    if isinstance(params.labels, Mapping) and params.targets is not None:
        targets = target_names(params.targets)
        for name in params.labels:
            if name not in targets:
                yield ("labels", name), f"no target {name!r}; {suggest(name, targets)}"


def _column_errors(dataset: Dataset) -> Iterator[tuple[Keys, str]]:
    """validate.columns has exactly the columns of the table."""
    known = dataset.validate_.columns
    if known is None:
        return
    params = dataset.preprocess
    for key, named in (("inputs", params.inputs), ("targets", params.targets), ("columns", list(params.columns))):
        for name in columns_in(named):
            if name not in known:
                yield (key,), f"no column {name!r} in validate.columns; {suggest(name, known)}"


def _step_errors(dataset: Dataset) -> Iterator[tuple[Keys, str]]:
    """A step can name a column that an earlier one adds."""
    for key, steps in (("steps", dataset.preprocess.steps), ("target_steps", dataset.preprocess.target_steps)):
        known = [*(dataset.validate_.columns or ())]
        for number, step in enumerate(steps if known else ()):
            for name in getattr(step, "columns", None) or ():
                if name not in known:
                    yield (key, number, "columns"), f"no column {name!r} in validate.columns; {suggest(name, known)}"
            known += added_columns(step, known)


def _resample_errors(dataset: Dataset) -> Iterator[tuple[Keys, str]]:
    known = dataset.validate_.columns
    if known is None:
        return
    for name, renamed in resampled_columns(dataset.download).items():
        if renamed not in known:
            yield ("resample", "how", name), f"no column {renamed!r} in validate.columns; {suggest(renamed, known)}"


def _picture_errors(dataset: Dataset) -> Iterator[tuple[Keys, str]]:
    """The kind picture and download.pictures have the same columns, and no target."""
    pictures, params = picture_columns(dataset.download), dataset.preprocess
    for name, column in params.columns.items():
        if isinstance(column, InputParams) and (error := picture_kind_error(name, column.kind, name in pictures)):
            yield ("columns", name), error
    for name in columns_in(params.targets):
        if name in pictures:
            yield ("targets",), f"{name!r} is a column of download.pictures, which can be inputs only"


def target_names(targets: Named) -> list[str]:
    """
    >>> target_names("kind"), target_names(["a", "b"]), target_names({"price": "close"})
    (['kind'], ['y'], ['price'])
    """
    if isinstance(targets, Mapping):
        return list(targets)
    return [targets] if isinstance(targets, str) else ["y"]


def columns_in(named: Named) -> list[str]:
    """
    >>> columns_in({"size": ["length", "width"], "kind": "kind"}), columns_in(None)
    (['length', 'width', 'kind'], [])
    """
    if isinstance(named, Mapping):
        return [column for value in named.values() for column in columns_in(value)]
    return [named] if isinstance(named, str) else list(named or ())
