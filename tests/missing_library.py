"""A library that is not installed, for one test."""

import sys

import pytest


def without_library(monkeypatch: pytest.MonkeyPatch, library: str, *importers: str) -> None:
    """Importing the library fails, also in packages and modules `importers`, which are imported anew.

    After the test their packages have the first modules as attributes again, as `sys.modules` has: otherwise a later
    `monkeypatch.setattr("package.module.name", …)` would change the other module.
    """
    for name in [name for name in sys.modules if _is_inside(name, (library, *importers))]:
        parent, _, child = name.rpartition(".")
        if hasattr(sys.modules.get(parent), child):
            monkeypatch.delattr(sys.modules[parent], child)
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)


def _is_inside(name: str, packages: tuple[str, ...]) -> bool:
    return any(f"{name}.".startswith(f"{package}.") for package in packages)
