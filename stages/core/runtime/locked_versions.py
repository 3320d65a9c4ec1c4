"""The versions that a stage's results depend on: an input that DVC knows, and what must be installed."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from stages.core.errors import ErrorList, UserError

REQUIREMENTS_FOLDER = Path("stages/locked")


def requirements_file(stage: str) -> Path:
    """The same for every dataset."""
    return REQUIREMENTS_FOLDER / f"{stage}.txt"


def check_installed_versions(file: Path) -> None:
    errors = ErrorList()
    for name, wanted in _read(file):
        found = installed_version(name)
        errors.check(found == wanted, f"{file}: {name}: {wanted} is locked; received {found}")
    if errors.messages:
        errors.add("another version may give another result: run `make setup`, or activate the environment it made")
    errors.raise_if_any()


def installed_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _read(file: Path) -> list[tuple[str, str]]:
    """Names and versions; lines that are meant for another Python or another system are left out."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise UserError(f"{file}: not here; run `restage lock`") from None
    fitting = [requirement for requirement, _, where in (line.partition(" ; ") for line in lines) if _applies(where)]
    return [(name, wanted) for name, _, wanted in (requirement.partition("==") for requirement in fitting)]


def _applies(marker: str) -> bool:
    """
    >>> _applies(""), _applies("python_full_version < '3'")
    (True, False)
    """
    if not marker:
        return True
    from packaging.markers import Marker

    return Marker(marker).evaluate()
