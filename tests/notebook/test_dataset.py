import csv
import gc
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stages.core import paths
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import read_raw
from stages.core.artefacts.read_history import read_history
from stages.notebook.dataset import Dataset
from stages.notebook.notebook_errors import Error
from stages.notebook.values.raw_values import RawImages, RawTexts
from tests.notebook.recorded_example import KEY, at_revision, commit, in_working_tree, record_example
from tests.report.example_datasets import EXAMPLES, ExampleDataset, flowers, write_example
from tests.report.example_forecasts import months

KINDS: dict[str, Callable[[], ExampleDataset]] = {**EXAMPLES, "months": months, "one_step": lambda: months(horizon=1)}


def assert_equal(first: Dataset, second: Dataset) -> None:
    for name in ("metrics", "history", "predictions"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name), check_exact=True)
    assert first.parameters == second.parameters
    assert_equal_raw(first.raw, second.raw)
    assert list(first.processed) == list(second.processed)
    for split in first.processed:
        for part in ("inputs", "targets", "truth"):
            arrays, others = getattr(first.processed[split], part), getattr(second.processed[split], part)
            assert list(arrays) == list(others)
            for name, array in arrays.items():
                np.testing.assert_array_equal(array, others[name])
        np.testing.assert_array_equal(first.processed[split].rows, second.processed[split].rows)


def assert_equal_raw(first: pd.DataFrame | RawImages | RawTexts, second: pd.DataFrame | RawImages | RawTexts) -> None:
    match first, second:
        case RawImages(), RawImages():
            for split, images in first.images.items():
                np.testing.assert_array_equal(images, second.images[split])
        case RawTexts(), RawTexts():
            for split, ids in first.ids.items():
                np.testing.assert_array_equal(ids, second.ids[split])
        case _:
            pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize("kind", KINDS)
def test_the_working_tree_and_its_commit_give_the_same(kind: str, folder: Path) -> None:
    record_example(KINDS[kind]())
    of_files, of_commit = in_working_tree(), at_revision("HEAD")
    assert_equal(of_files, of_commit)
    for name in ("data", "reports"):
        shutil.rmtree(name)
    assert_equal(of_files, at_revision("HEAD"))


@pytest.mark.parametrize("kind", KINDS)
def test_frames_have_what_is_in_the_files(kind: str, folder: Path) -> None:
    record_example(KINDS[kind]())
    dataset = in_working_tree()
    history = read_history(paths.history(KEY), KEY)
    assert dataset.history.index.tolist() == history.pop("epoch")
    assert dataset.history.to_dict("list") == history
    evaluation = json.loads(paths.evaluation(KEY).read_text())
    [*targets] = evaluation["metrics"]
    for target, metrics in evaluation["metrics"].items():
        for metric, value in metrics.items():
            name = metric if len(targets) == 1 else f"{target}.{metric}"
            assert dataset.metrics.loc[name, "model"] == value
    assert {*dataset.metrics.columns} == {"model", *evaluation["baselines"]}
    with (paths.predictions(KEY) / "predictions.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert dataset.predictions["row"].tolist() == [int(line["row"]) for line in lines]
    for column in lines[0]:
        texts = [line[column] for line in lines]
        values = dataset.predictions[column].tolist()
        assert values == (texts if isinstance(values[0], str) else [float(text) for text in texts])


def test_probabilities_are_beside_the_predictions(folder: Path) -> None:
    record_example(flowers())
    stored = np.load(paths.predictions(KEY) / "probabilities.species.npy")
    columns = [f"species_p_{name}" for name in ("setosa", "versicolor", "virginica")]
    np.testing.assert_array_equal(in_working_tree().predictions[columns].to_numpy(), stored)


def test_row_numbers_of_predictions_and_splits_are_those_of_raw_data(folder: Path) -> None:
    record_example(flowers())
    dataset = in_working_tree()
    assert isinstance(dataset.raw, pd.DataFrame)
    of_predictions = dataset.raw.loc[dataset.predictions["row"], "species"]
    assert of_predictions.tolist() == dataset.predictions["species_truth"].tolist()
    of_split = dataset.raw.loc[dataset.processed["train"].rows, "species"]
    assert of_split.tolist() == dataset.processed["train"].truth["species"].tolist()


def test_a_revision_has_its_own_results(folder: Path) -> None:
    record_example(flowers())
    changed = flowers()
    assert isinstance(changed.raw, Table)
    changed.raw = Table({"all": changed.raw.frames["all"].assign(length=9.0)}, classes=changed.raw.classes)
    write_example(changed)
    commit("Other lengths")
    first, second = at_revision("HEAD~1").raw, at_revision("HEAD").raw
    assert isinstance(first, pd.DataFrame)
    assert isinstance(second, pd.DataFrame)
    assert first["length"].tolist() == [1.5, 4.25, 6.0, 1.0, 1.25, 4.5, 5.75, 5.0]
    assert second["length"].tolist() == [9.0] * 8


def test_reading_a_revision_changes_no_file(folder: Path) -> None:
    record_example(flowers())
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*") if ".git" not in file.parts}
    dataset = at_revision("HEAD")
    assert_equal(dataset, in_working_tree())
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*") if ".git" not in file.parts} == before


def test_temporary_files_of_a_revision_are_deleted_with_the_dataset(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    record_example(flowers())
    dataset = at_revision("HEAD")
    assert len(dataset.metrics)
    assert list(tmp_path.glob("restage-notebook-*"))
    del dataset
    gc.collect()
    assert not list(tmp_path.glob("restage-notebook-*"))


def test_what_is_missing_says_what_to_do(folder: Path) -> None:
    record_example(flowers())
    paths.history(KEY).unlink()
    shutil.rmtree(".dvc/cache")
    with pytest.raises(Error, match=r"reports/history/mine.csv: not found; run `restage run mine`"):
        _ = in_working_tree().history
    with pytest.raises(Error, match=r"rev HEAD: reports/history/mine.csv is not in DVC's cache, .*`dvc remote add"):
        _ = at_revision("HEAD").history


def test_a_file_of_a_revision_that_cannot_be_read_names_the_revision(folder: Path) -> None:
    record_example(flowers())
    paths.history(KEY).write_text("epoch,loss\n1")
    commit("Cut off")
    with pytest.raises(Error, match=r"rev HEAD: reports/history/mine.csv: damaged .*read it with the code of that rev"):
        _ = at_revision("HEAD").history


def test_the_parameters_are_a_copy(folder: Path) -> None:
    record_example(flowers())
    dataset = in_working_tree()
    dataset.parameters["report"]["title"] = "Another title"
    assert dataset.parameters["report"]["title"] == dataset.title == "Flowers"


def test_the_text_form_names_the_dataset_and_the_place(folder: Path) -> None:
    record_example(flowers())
    assert repr(in_working_tree()) == "<restage dataset mine: Flowers, working tree>"
    assert repr(at_revision("HEAD")) == "<restage dataset mine: Flowers, revision HEAD>"


def test_raw_data_are_those_of_download(folder: Path) -> None:
    record_example(flowers())
    raw, frame = read_raw(paths.raw_data(KEY)), in_working_tree().raw
    assert isinstance(raw, Table)
    assert isinstance(frame, pd.DataFrame)
    pd.testing.assert_frame_equal(frame.drop(columns="split"), raw.frames["all"].rename_axis("row"))
    assert frame["split"].tolist() == ["all"] * 8
