"""New rows that are written as CSV and read by the schema have the values of the raw data."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.profile import ClassColumn, NumberColumn, Profile
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.core.artefacts.raw.raw_files import read_meta, write_raw
from stages.core.parameters.validation_errors import type_adapter
from stages.inference.input_schema import InputColumn, InputSchema, NumberRange
from stages.inference.new_rows.row_problems import find_row_problems
from stages.inference.new_rows.transform_rows import transform_rows
from stages.inference.output_settings import OutputSettings
from stages.inference.predictor import rows_needed
from stages.inference.schema.build_schema import build_schema
from stages.inference.schema.source_options import SourceOptions
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from tests.inference.made_rows import new_rows
from tests.inference.prediction_examples import EXAMPLES, Example
from tests.inference.read.written_twice import assert_same_column, read_again

IS_TABLE = [name for name, example in EXAMPLES.items() if isinstance(example.raw(), Table)]
EVERY_KIND = EXAMPLES["columns of every kind"]


@dataclass(frozen=True)
class Described:
    raw: RawData
    fitted: Fitted
    schema: InputSchema

    def column(self, name: str) -> InputColumn:
        return next(column for column in self.schema.columns if column.name == name)


def described(example: Example, folder: Path, profile: Profile | None = None) -> Described:
    raw = example.raw()
    params: Preprocess = type_adapter(Preprocess).validate_python(example.preprocess)
    fitted = preprocess(raw, params).fitted
    write_raw(raw, folder)
    schema = build_schema("key", read_meta(folder), SourceOptions(), fitted, OutputSettings(), profile)
    return Described(raw, fitted, InputSchema.model_validate_json(schema.model_dump_json()))


@pytest.mark.parametrize("name", IS_TABLE)
def test_rows_of_csv_have_the_values_of_the_raw_data(name: str, tmp_path: Path) -> None:
    found = described(EXAMPLES[name], tmp_path / "raw")
    assert isinstance(found.raw, Table)
    frame = pd.concat([*found.raw.frames.values()], ignore_index=True)
    expected = new_rows(found.raw, range(len(frame)))
    pictures = [column.name for column in found.schema.columns if column.type == "picture"]
    schema = found.schema.model_copy(update={"columns": [c for c in found.schema.columns if c.name not in pictures]})

    frame.sample(frac=1, axis=1, random_state=1).to_csv(tmp_path / "new.csv", index=False)
    block = read_again(tmp_path / "new.csv", schema)
    assert not block.problems
    assert block.carried.keys() == set(frame) - set(schema.names)
    for column in schema.names:
        assert_same_column(np.asarray(block.rows.columns[column]), np.asarray(expected.columns[column]), column)
    if not pictures:
        assert not find_row_problems(found.fitted, block.rows)


@pytest.mark.parametrize("name", [name for name in IS_TABLE if "window" not in EXAMPLES[name].preprocess])
def test_the_columns_are_those_that_the_model_needs(name: str, tmp_path: Path) -> None:
    found = described(EXAMPLES[name], tmp_path)
    rows = new_rows(found.raw, range(20))
    needed = {column: rows.columns[column] for column in found.schema.names}
    transform_rows(found.fitted, type(rows)(needed, 20))
    for column in needed:
        with pytest.raises(KeyError):
            transform_rows(found.fitted, type(rows)({n: v for n, v in needed.items() if n != column}, 20))


def test_what_is_known_of_each_column(tmp_path: Path) -> None:
    numbers = NumberColumn(
        name="size",
        kind="number",
        missing=0,
        quantiles=[float(n) for n in range(21)],
        cumulative_counts=[*range(1, 22)],
    )
    secret = numbers.model_copy(update={"name": "owner"})
    colours = ClassColumn(name="colour", kind="class", missing=0, distinct=1, counts=[("red", 21)], others=0)
    profile = Profile(rows=21, files={}, columns=[numbers, secret, colours])
    found = described(EVERY_KIND, tmp_path, profile)
    size = found.column("size")
    assert (size.type, size.can_be_missing, size.whole) == ("number", True, False)
    assert size.range == NumberRange(minimum=0, median=10, maximum=20)
    assert found.column("colour").choices == ["blue", "green", "pink", "red"]
    assert found.column("colour").can_be_missing
    assert (found.column("count").type, found.column("count").whole) == ("number", True)
    assert (found.column("open").type, found.column("sold").type) == ("boolean", "time")
    assert (found.column("built").type, found.column("built").date_format) == ("text", "%d.%m.%Y")
    owner = found.column("owner")
    assert (owner.private, owner.choices, owner.range) == (True, None, None)
    assert "owner 1" not in found.schema.model_dump_json()
    assert found.column("photo").type == "picture"
    assert found.schema.time is None


def test_a_series_needs_its_times_and_the_known_values_of_its_targets(tmp_path: Path) -> None:
    found = described(EXAMPLES["differences of a logarithm"], tmp_path)
    assert found.schema.names == ["day", "price", "volume"]
    assert (found.schema.kind, found.schema.time) == ("series", "day")
    assert found.schema.rows == rows_needed(found.fitted, OutputSettings()) > 4


def test_pictures_and_texts(tmp_path: Path) -> None:
    pictures = described(EXAMPLES["pictures"], tmp_path / "pictures")
    assert isinstance(pictures.raw, Images)
    assert [(c.name, c.type, c.shape) for c in pictures.schema.columns] == [("image", "picture", [6, 6, 1])]
    texts = described(EXAMPLES["texts of word numbers"], tmp_path / "texts")
    assert isinstance(texts.raw, Tokens)
    assert [(c.name, c.type) for c in texts.schema.columns] == [("text", "words")]


@pytest.mark.parametrize(
    "kind", [{"kind": "boolean", "missing": "most_frequent"}, {"kind": "category", "missing": "category"}]
)
@pytest.mark.parametrize("private", [[], ["truth"]])
def test_truth_values_with_gaps(kind: dict[str, str], private: list[str], tmp_path: Path) -> None:
    frame = pd.DataFrame({"truth": [True, None, False] * 10, "y": np.arange(30.0)})
    params = {"targets": "y", "columns": {"truth": kind}, "split": {"test": 9}}
    found = described(Example(lambda: Table({"all": frame}, private=private), params), tmp_path)
    assert found.column("truth").type == "boolean"


def test_private_columns_that_the_model_does_not_need(tmp_path: Path) -> None:
    frame = pd.DataFrame({"size": np.arange(30.0), "owner": ["x", "y", "z"] * 10, "y": np.arange(30.0)})
    raw = Table({"all": frame}, private=["owner"])
    params: Preprocess = type_adapter(Preprocess).validate_python(
        {"inputs": ["size"], "targets": "y", "split": {"test": 9}}
    )
    write_raw(raw, tmp_path)
    options = SourceOptions(source_names={"owner": "Name of the owner"})
    schema = build_schema("key", read_meta(tmp_path), options, preprocess(raw, params).fitted, OutputSettings())
    assert schema.names == ["size"]
    assert schema.other_private == ["Name of the owner", "owner"]
