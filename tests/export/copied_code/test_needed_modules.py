"""Which modules a package needs, read from the code."""

import ast

import pytest

from stages.export.copied_code import needed_modules as module
from stages.export.copied_code.needed_modules import imported_libraries, imported_names, module_file, needed_modules


def names_in(source: str) -> list[str]:
    return list(module._imports(ast.parse(source)))


def test_imports_are_found_wherever_they_are() -> None:
    source = """
import numpy as np
from stages.core import paths
def f():
    import keras
    try:
        from a.b import c, d
    except ImportError:
        import e
"""
    assert names_in(source) == [
        *("numpy", "stages.core", "stages.core.paths", "keras", "a.b", "a.b.c", "a.b.d", "e"),
    ]


def test_imports_for_type_checkers_do_not_count() -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas\nelse:\n    import csv\n"
    assert names_in(source) == ["typing", "typing.TYPE_CHECKING", "csv"]


def test_packages_and_indirect_imports_are_needed() -> None:
    found = needed_modules(["stages.core.rounding", "stages.core.artefacts.records.record"])
    assert found == sorted(found)
    assert {"stages", "stages.core", "stages.core.artefacts", "stages.core.artefacts.records"} <= set(found)
    assert {"stages.core.files.atomic_write", "stages.core.errors"} <= set(found)
    assert "stages.core.paths" not in found


def test_packages_that_are_left_out_are_not_followed() -> None:
    entry = "stages.inference.model_folder"
    assert "stages.core.own_model.model_files" in needed_modules([entry])
    without = needed_modules([entry], ["stages.inference.keras_model"])
    assert [name for name in without if "keras_model" in name or "own_model" in name] == []


def test_libraries() -> None:
    assert imported_libraries(["stages.core.parameters.read_yaml"]) == {"pathlib", "re", "typing", "yaml"}


def test_modules_of_others_have_no_file_here() -> None:
    assert module_file("numpy") is None
    assert module_file("stages.core.nothing") is None
    with pytest.raises(AssertionError, match=r"stages\.nothing: no such module"):
        imported_names("stages.nothing")
