"""Imports the guard's copies of a dataset's own Python files."""

import hashlib
import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from stages.core import paths
from stages.core.errors import UserError
from stages.core.own_model.code_errors import PACKAGE, explain_code_errors

PACKAGE_FILE = "__init__.py"
# DVC restores no empty folder, so that each dataset has this file.
PACKAGE_TEXT = '"""Files of conf/models that this dataset uses, copied by the guard."""\n'


@dataclass(frozen=True)
class ModelFiles:
    """The imported files of a dataset by name, as in `mine.py`."""

    modules: Mapping[str, ModuleType]

    def function(self, name: str) -> Callable[..., Any]:
        """What `mine.py:build` names. Raises UserError if the file has nothing of this name that can be called."""
        file, _, attribute = name.partition(":")
        found = getattr(self.modules[file], attribute, None)
        if not callable(found):
            raise UserError(f"{paths.MODEL_FILES / file}: {attribute} is not a function; received {found!r}"[:300])
        return found  # type: ignore[no-any-return]

    def registered_names(self, registry: Mapping[str, Any]) -> frozenset[str]:
        """The names under which objects of these files are in Keras' registry."""
        modules = {module.__name__ for module in self.modules.values()}
        return frozenset(name for name, value in registry.items() if getattr(value, "__module__", "") in modules)


NO_MODEL_FILES = ModelFiles({})


def digest_of_model_files(folder: Path) -> str:
    """A hash of the files in the folder; empty if there are none."""
    files = sorted(file for file in folder.glob("*.py") if file.name != PACKAGE_FILE)
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\n" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest() if files else ""


def import_model_files(folder: Path) -> ModelFiles:
    """Import all files in the folder as one package. An exception in them is a UserError with file and line."""
    package_file = folder / PACKAGE_FILE
    if not package_file.is_file():
        raise UserError(f"{package_file}: not found; run `dvc repro guard`")
    names = sorted(file.name for file in folder.glob("*.py") if file.name != PACKAGE_FILE)
    for module in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[module]
    writes_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        _import_package(package_file)
        return ModelFiles({name: _import_file(name) for name in names})
    finally:
        sys.dont_write_bytecode = writes_bytecode


def _import_package(file: Path) -> None:
    spec = spec_from_file_location(PACKAGE, file, submodule_search_locations=[str(file.parent)])
    assert spec is not None
    assert spec.loader is not None
    sys.modules[PACKAGE] = package = module_from_spec(spec)
    spec.loader.exec_module(package)


def _import_file(name: str) -> ModuleType:
    with explain_code_errors(str(paths.MODEL_FILES / name), Exception):
        importlib.invalidate_caches()
        return importlib.import_module(f"{PACKAGE}.{name.removesuffix('.py')}")
