"""Checks what kinds of files are in conf/, before any of them is read. The content of unused files does not matter."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from stages.core.errors import ErrorList, UserError
from stages.core.files.check_is_file import check_is_file
from stages.core.paths import CONF, PARAMS

YAML, PYTHON = ".yaml", ".py"
MAX_TEXT_BYTES = 1_000_000
# Of other files, such as an accepted profile with thousands of columns.
MAX_BYTES = 8_000_000
GLOBAL_PACKAGE = "# @package _global_"
_GLOBAL_PACKAGE = re.compile(r"^# *@package +_global_ *$", re.MULTILINE)


def check_input_files() -> None:
    """Check conf/ and params.yaml; to be called before their content is hashed."""
    errors = ErrorList()
    with errors.collect():
        check_conf_files()
    with errors.collect():
        check_is_file(PARAMS)
    errors.raise_if_any()


def check_conf_files(conf: Path = CONF) -> None:
    """Raise UserError with all entries that are not files or folders, or that are too large.

    DVC and the guard hash all of conf/, so that an entry that nobody composes matters too.
    """
    errors = ErrorList()
    for path in sorted(_files_in(conf, errors)):
        with errors.collect():
            check_is_file(path, MAX_TEXT_BYTES if path.suffix in (YAML, PYTHON) else MAX_BYTES)
    errors.raise_if_any()


def _files_in(folder: Path, errors: ErrorList) -> Iterator[Path]:
    """All entries below the folder that are not folders. A link to a folder is an error: it may lead to a loop."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                path = Path(entry.path)
                if entry.is_symlink() and path.is_dir():
                    errors.add(f"{path}: a link to a folder; move the folder here, or link its files")
                elif not entry.is_dir(follow_symlinks=False):
                    yield path
                elif path.suffix == YAML:
                    errors.add(f"{path}: a folder; a name that ends with {YAML} is for files, so rename it")
                else:
                    yield from _files_in(path, errors)
    except FileNotFoundError:  # the composition says that conf/ is missing
        return
    except OSError as error:
        raise UserError(f"{folder}: cannot be read: {error.strerror}") from None


def is_global(file: Path) -> bool:
    """Whether the keys of a file that is composed are those of params.yaml."""
    return _GLOBAL_PACKAGE.search(file.read_text(encoding="utf-8", errors="replace")) is not None


def check_local_file(conf: Path = CONF) -> None:
    """Without the line, Hydra would put the content of conf/local.yaml below a key without a name."""
    file = conf / "local.yaml"
    if not file.is_file() or is_global(file):
        return
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    if any(line.strip() and not line.lstrip().startswith("#") for line in lines):
        raise UserError(f"{file}:1: the first line must be `{GLOBAL_PACKAGE}`")
