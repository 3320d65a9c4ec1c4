"""What a person asked `restage predict` for, checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, get_args

from stages.core.artefacts.processed import SplitName
from stages.core.errors import ErrorList, suggest
from stages.inference.read.formats.file_formats import FILE_FORMATS, FileFormat, output_format

STANDARD_INPUT = "-"
Source = Path | Literal["-"] | None
Choice = TypeVar("Choice", bound=str)
SPLITS: tuple[SplitName, ...] = get_args(SplitName)


@dataclass(frozen=True)
class PredictOptions:
    """`source` is a file or a folder, `-`, or None; `row` has the texts `name=value` of a single row.

    `file_format` is that of standard input and standard output. The paths in a column of pictures are relative to the
    folder or zip `pictures`, or to the folder of the source.
    """

    key: str
    source: Source = None
    row: Sequence[str] = ()
    out: Path | None = None
    file_format: FileFormat | None = None
    split: SplitName | None = None
    revision: str | None = None
    skip_bad: bool = False
    pictures: Path | None = None

    @property
    def has_input(self) -> bool:
        return self.source is not None or bool(self.row)


def parse_options(
    key: str,
    arguments: Sequence[str],
    row: Sequence[str],
    out: str | None,
    file_format: str | None,
    split: str | None,
    revision: str | None,
    skip_bad: bool,
    pictures: str | None = None,
) -> PredictOptions:
    """`arguments` are those after the key: an input, or with `--row` more values. Raises UserError for all mistakes."""
    errors = ErrorList()
    values = [*row, *arguments] if row else []
    inputs = [] if row else arguments
    errors.check(len(inputs) < 2, f"one input is expected; received {', '.join(inputs)}; a folder can hold several")
    if inputs and "=" in inputs[0] and not Path(inputs[0]).exists():
        errors.add(f"{inputs[0]}: no such file; the values of one row follow --row, as in --row {inputs[0]}")
    has_input = bool(values or inputs)
    errors.check(not (split and has_input), "--split is for the rows of the dataset; leave it or the input out")
    errors.check(not (pictures and not inputs), "--pictures is for an input with paths of pictures; leave it out")
    errors.check(
        not (skip_bad and not has_input), "--skip-bad is for an input; the rows of the dataset have no bad ones"
    )
    known_split = _one_of("--split", split, SPLITS, errors)
    known_format = _one_of("--format", file_format, FILE_FORMATS, errors)
    if file_format is not None and out is not None and list(inputs) != [STANDARD_INPUT]:
        errors.add("--format is for standard input and output; the names of files say their formats")
    if out is not None:
        with errors.collect():
            output_format(Path(out))
    errors.raise_if_any()
    source: Source = None
    if inputs:
        source = "-" if inputs[0] == STANDARD_INPUT else Path(inputs[0])
    return PredictOptions(
        key,
        source,
        values,
        out=None if out is None else Path(out),
        file_format=known_format,
        split=known_split,
        revision=revision,
        skip_bad=skip_bad,
        pictures=None if pictures is None else Path(pictures),
    )


def _one_of(option: str, value: str | None, allowed: Sequence[Choice], errors: ErrorList) -> Choice | None:
    if value is not None and value not in allowed:
        errors.add(f"{option} {value}: {suggest(value, allowed)}")
    return next((choice for choice in allowed if choice == value), None)
