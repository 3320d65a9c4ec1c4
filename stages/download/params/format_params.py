"""Parameters of the file formats that can be read."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from stages.core.columns.texts.token_ids import FIRST_WORD_NUMBER
from stages.core.errors import format_examples
from stages.core.parameters.params import Params
from stages.download.params.builtin_params import SplitName
from stages.download.params.csv_params import Csv
from stages.download.params.excel_params import Excel
from stages.download.params.json_lines_params import JsonLines
from stages.download.params.pictures.picture_params import Pictures

IDX_IMAGES, IDX_LABELS = "_images", "_labels"


class Parquet(Params):
    format: Literal["parquet"]


class Npz(Params):
    """The names of the arrays of images and labels in an npz file."""

    format: Literal["npz"]
    images: str
    labels: str
    classes: list[str]


class Idx(Params):
    """The format of MNIST, plain or gzipped. A split has two files, named `<split>_images` and `<split>_labels`."""

    format: Literal["idx"]
    classes: list[str]

    def check_files(self, names: set[str]) -> None:
        ends = (IDX_IMAGES, IDX_LABELS)
        splits = {name.removesuffix(end) for name in names for end in ends if name.endswith(end)}
        if not splits or names != {split + end for split in splits for end in ends}:
            expected = "files named <split>_images and <split>_labels, both for every split"
            _raise_wrong_files(self.format, expected, names)


class Cifar(Params):
    """CIFAR's Python batches in one tar.gz: the batches of each split, the labels to use and where their names are."""

    format: Literal["cifar"]
    splits: dict[SplitName, Annotated[list[str], Field(min_length=1)]] = Field(min_length=1)
    labels: Literal["labels", "fine_labels", "coarse_labels"]
    meta: str
    names: Literal["label_names", "fine_label_names", "coarse_label_names"]

    @field_validator("splits")
    @classmethod
    def _check_batches(cls, splits: dict[str, list[str]]) -> dict[str, list[str]]:
        batches = [batch for names in splits.values() for batch in names]
        if repeated := sorted({batch for batch in batches if batches.count(batch) > 1}):
            raise ValueError(f"{format_examples(repeated)} is listed more than once")
        return splits

    def check_files(self, names: set[str]) -> None:
        if names != {"archive"}:
            _raise_wrong_files(self.format, "one file, named archive", names)


class Reuters(Params):
    """The Reuters newswires of Keras: an npz file with lists of word ranks, split as Keras splits them.

    As in Keras, every text begins with the id `start`, and the id of a word is its rank plus `index_from`. The size of
    the vocabulary is limited later, by preprocess. The optional file `words` has the rank of each word.
    """

    format: Literal["reuters"]
    ranks: str = "x"
    labels: str = "y"
    classes: list[str]
    start: int = Field(default=FIRST_WORD_NUMBER, ge=0)
    index_from: int = Field(default=3, ge=0)
    test: float = Field(default=0.2, gt=0, lt=1)
    seed: int = Field(default=113, ge=0, lt=2**32)

    def check_files(self, names: set[str]) -> None:
        if names not in ({"reuters"}, {"reuters", "words"}):
            _raise_wrong_files(self.format, "a file named reuters, and optionally one named words", names)


TableFormat = Csv | JsonLines | Excel | Parquet
ArrayFormat = Npz | Idx | Cifar | Reuters
Format = Annotated[TableFormat | ArrayFormat | Pictures, Field(discriminator="format")]


def _raise_wrong_files(format_name: str, expected: str, names: set[str]) -> None:
    raise ValueError(f"{format_name} needs {expected}; received {format_examples(sorted(names))}")
