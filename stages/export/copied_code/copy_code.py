"""Writes the Python package of an export: copies of modules of this repository, and its entry point."""

from collections.abc import Iterable
from pathlib import Path

from stages.core.files.atomic_write import write_text
from stages.export.copied_code.needed_modules import PACKAGE, ROOT, module_file, needed_modules
from stages.export.copied_code.rename_package import rename_package
from stages.export.exported_files import PACKAGE as NAME

ENTRY = "stages.inference.exported.command_line"
INFERENCE = ROOT / PACKAGE / "inference"
PACKAGE_TEXT = '"""A trained model with the code that prepares its inputs; see `python -m model --help`."""\n'
MAIN_TEXT = """\
\"\"\"`python -m model`: predict, check, describe, serve.\"\"\"

import sys

from model.inference.exported.command_line import main

if __name__ == "__main__":
    sys.exit(main())
"""


def copied_modules(engine: str) -> list[str]:
    """The modules of stages/ that the exported package has; `engine` is that of the model's file: litert or keras."""
    other = {"litert": "keras_model", "keras": "litert"}[engine]
    return needed_modules([ENTRY], [f"{PACKAGE}.inference.{other}"])


def copy_code(modules: Iterable[str], folder: Path) -> None:
    """Write the package `model` into `folder`; the paths in it are those below stages/."""
    write_text(folder / NAME / "__init__.py", PACKAGE_TEXT)
    write_text(folder / NAME / "__main__.py", MAIN_TEXT)
    for module in modules:
        file = module_file(module)
        if module == PACKAGE or file is None:
            continue
        target = folder / NAME / file.relative_to(ROOT / PACKAGE)
        write_text(target, rename_package(file.read_text(encoding="utf-8"), NAME))
        if file.name == "__init__.py" and INFERENCE in file.parents:
            _copy_data_files(file.parent, target.parent)


def _copy_data_files(package: Path, target: Path) -> None:
    """The files of a package that are not code, such as a style sheet; those of packages within it are not its own."""
    for path in sorted(package.iterdir()):
        if path.is_dir() and path.name != "__pycache__" and not (path / "__init__.py").is_file():
            _copy_data_files(path, target / path.name)
        elif path.is_file() and path.suffix not in (".py", ".pyc"):
            write_text(target / path.name, path.read_text(encoding="utf-8"))
