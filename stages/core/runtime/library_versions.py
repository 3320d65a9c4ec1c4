"""Installed library versions, and the locked ones: stages/locked/<stage>.txt, a part of requirements.lock."""

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from stages.core.errors import ErrorList, UserError

_VERSION = re.compile(r"^Version: (.+)$", re.MULTILINE)
REQUIREMENTS_FOLDER = Path("stages/locked")


def requirements_file(stage: str) -> Path:
    """The file for a stage, the same for every dataset."""
    return REQUIREMENTS_FOLDER / f"{stage}.txt"


def installed_versions(*packages: str) -> dict[str, str]:
    """The versions that a result was made with, to be recorded with it."""
    return {package: version(package) for package in packages}


def installed_version(package: str) -> str:
    """As `version` of importlib, which parses all of a package's metadata, its description too."""
    found = distribution(package)
    header = (found.read_text("METADATA") or "").partition("\n\n")[0]
    match = _VERSION.search(header)
    return match[1].strip() if match else found.version


def check_locked_versions(deps: Iterable[Path]) -> None:
    """Raise UserError if the environment differs from the requirements files among a stage's dependencies."""
    errors = ErrorList()
    for file in (dep for dep in deps if dep.parent == REQUIREMENTS_FOLDER):
        for package, locked in _requirements(file):
            try:
                installed = installed_version(package)
            except PackageNotFoundError:
                installed = "none"
            errors.check(installed == locked, f"{file}: {package}: locked is {locked}; installed is {installed}")
    if errors.messages:
        errors.add(
            "another version may give another result: run `touch requirements.lock && make setup`, or activate the "
            "environment that it makes"
        )
    errors.raise_if_any()


def _requirements(file: Path) -> Iterator[tuple[str, str]]:
    """Package names and versions; lines for another Python or another system are skipped."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise UserError(f"{file}: not found; run `restage lock`") from None
    for line in lines:
        requirement, _, marker = line.partition(" ; ")
        if marker:
            from packaging.markers import Marker

            if not Marker(marker).evaluate():
                continue
        package, _, locked = requirement.partition("==")
        yield package, locked
