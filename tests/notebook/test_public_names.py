"""What restage.py promises, which docs/how-to/use-in-a-notebook.md describes."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import restage
from stages.notebook.values.processed_values import Processed, ProcessedRows
from stages.notebook.values.raw_values import RawImages, RawPictures, RawTexts
from tests.notebook.recorded_example import at_revision, record_example
from tests.report.example_datasets import flowers

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/how-to/use-in-a-notebook.md").read_text(encoding="utf-8")
DATASET = {
    "commit", "history", "key", "metrics", "model", "parameters", "pictures", "predict", "predictions", "processed",
    "raw", "revision", "title", "warning",
}  # fmt: skip
MEMBERS: dict[type, set[str]] = {
    restage.Comparison: {"metrics", "record"},
    restage.Repository: {"compare", "datasets", "load", "root"},
    Processed: {"classes", "get", "input_columns", "items", "keys", "values"},
    ProcessedRows: {"inputs", "inverse", "rows", "targets", "truth", "weights"},
    RawImages: {"classes", "image", "images", "label", "labels"},
    RawPictures: {"image", "pixels"},
    RawTexts: {"classes", "ids", "label", "labels", "offsets", "text", "word_numbers", "words"},
}
# Loaded only when something needs them.
SLOW = ("dvc", "hydra", "keras", "pandas", "sklearn", "tensorflow")


def test_the_names_are_those_of_the_documentation() -> None:
    assert set(restage.__all__) == {
        "Comparison", "Dataset", "Error", "Repository", "StaleResultsWarning", "compare", "datasets", "load",
    }  # fmt: skip
    assert all(f"`restage.{name}" in PAGE for name in restage.__all__)


@pytest.mark.parametrize("of", MEMBERS, ids=lambda of: of.__name__)
def test_the_members_of_each_class_are_documented(of: type) -> None:
    names = {name for name, _ in inspect.getmembers(of)} | {*getattr(of, "__annotations__", ())}
    if of is restage.Repository:
        names.add("root")
    assert {name for name in names if not name.startswith("_")} == MEMBERS[of]


def test_the_members_of_a_dataset_are_documented(folder: Path) -> None:
    record_example(flowers())
    dataset = at_revision("HEAD")
    names = {name for name in dir(dataset) if not name.startswith("_")}
    assert names == DATASET
    assert {name for name in names if not re.search(rf"`{name}[`(\[]", PAGE)} == set()


def test_everything_public_has_a_docstring() -> None:
    methods = [getattr(of, name) for of in (restage.Dataset, *MEMBERS) for name in vars(of) if not name.startswith("_")]
    public = [*MEMBERS, *methods, *(getattr(restage, name) for name in restage.__all__)]
    assert [of for of in public if not inspect.getdoc(of)] == []


def test_the_module_uses_the_code_for_notebooks_alone() -> None:
    modules = re.findall(r"^from (\S+) import", (ROOT / "restage.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert {module.rpartition(".")[0] for module in modules} == {"collections", "stages.notebook"}


def test_importing_the_module_loads_no_library_that_is_slow() -> None:
    code = f"import sys, restage; print([name for name in {SLOW} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
