"""Exports that several tests look at, written once for each worker. TensorFlow is started once, as the stage does."""

from dataclasses import replace
from pathlib import Path

import pytest

from stages.core.runtime import keras as keras_runtime
from tests.export.exported_examples import export_example
from tests.inference.prediction_examples import EXAMPLES, table_of_every_kind

keras_runtime.start_keras(1)


@pytest.fixture(scope="session")
def export_of_every_kind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table with all kinds of columns, one of which is private."""
    return _export("columns of every kind", tmp_path_factory)


@pytest.fixture(scope="session")
def export_without_private(tmp_path_factory: pytest.TempPathFactory) -> Path:
    example = EXAMPLES["columns of every kind"]
    public = replace(example, raw=lambda: replace(table_of_every_kind(), private=[]))
    folder = tmp_path_factory.mktemp("public")
    export_example(public, folder, tmp_path_factory.mktemp("results"))
    return folder


def _export(name: str, folders: pytest.TempPathFactory) -> Path:
    folder = folders.mktemp("export")
    export_example(EXAMPLES[name], folder, folders.mktemp("results"))
    return folder
