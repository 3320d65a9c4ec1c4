"""The part of requirements.lock that a stage depends on: what its code imports, and what those libraries require.

What a library requires is read from its installed metadata, with the requirements of every system and Python, so that
the result is the same on every machine. Libraries that cannot change a result are left out: a new version of them
reruns no stage.
"""

import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from stages.cli.lock.stage_imports import imported_libraries
from stages.core.dvc.pipeline_file import read_pipeline
from stages.core.runtime.library_versions import requirements_file

LOCK = Path("requirements.lock")
# They display something, or transfer bytes whose hash is checked.
DISPLAY_AND_TRANSFER = frozenset({
    "certifi", "charset-normalizer", "colorama", "fsspec", "grpcio", "idna", "markdown-it-py", "mdurl", "platformdirs",
    "psutil", "pygments", "requests", "rich", "termcolor", "tqdm", "urllib3",
})  # fmt: skip
# They support Python, an installation or a compiler, and compute nothing.
PYTHON_SUPPORT = frozenset({
    "annotated-types", "attrs", "cffi", "cloudpickle", "joblib", "libclang", "namex", "packaging", "pycparser",
    "ruamel-yaml-clib", "setuptools", "six", "typing-extensions", "typing-inspection", "wheel",
})  # fmt: skip
# Great Expectations requires them for features that are not used here. A stage that imports one depends on it.
UNUSED_BY_GREAT_EXPECTATIONS = frozenset({"altair", "cryptography", "jinja2", "mistune", "narwhals", "pyparsing"})
# Only a data file that comes with matplotlib is read; nothing is plotted.
UNUSED_BY_MATPLOTLIB = frozenset({"contourpy", "cycler", "fonttools", "kiwisolver"})
# They say where code runs, which changes no result.
OTHER_MACHINES = frozenset({"distributed"})
WITHOUT_EFFECT = (
    DISPLAY_AND_TRANSFER | PYTHON_SUPPORT | OTHER_MACHINES | UNUSED_BY_GREAT_EXPECTATIONS | UNUSED_BY_MATPLOTLIB
)


def requirements_files() -> dict[Path, str]:
    """The content of each file of stages/locked."""
    locked, provided = read_lock(), packages_distributions()
    contents: dict[Path, str] = {}
    for stage, section in read_pipeline().items():
        names = with_requirements(imported_distributions(_module(section), provided), set(locked))
        contents[requirements_file(stage)] = "".join(f"{line}\n" for name in sorted(names) for line in locked[name])
    return contents


def read_lock(path: Path = LOCK) -> dict[str, list[str]]:
    """The lines of each library without hashes; several lines where the version depends on the Python."""
    found: dict[str, list[str]] = {}
    for line in re.findall(r"^[a-z0-9-]+==.*?(?= *\\$)", path.read_text(encoding="utf-8"), re.MULTILINE):
        found.setdefault(line.partition("==")[0], []).append(line)
    return found


def imported_distributions(module: str, provided: Mapping[str, list[str]]) -> set[str]:
    """The distributions that `python3 -m module` imports; `provided` lists them for each top-level name."""
    return {canonicalize_name(d) for name in imported_libraries(module) for d in provided.get(name, ())}


def with_requirements(direct: set[str], locked: set[str]) -> set[str]:
    """The locked distributions among these and what they require, directly and indirectly, that have an effect."""
    found: set[str] = set()
    waiting = list(direct - DISPLAY_AND_TRANSFER - PYTHON_SUPPORT - OTHER_MACHINES)
    while waiting:
        name = waiting.pop()
        if name in locked - found:
            found.add(name)
            waiting += required_distributions(name) - WITHOUT_EFFECT
    return found


def required_distributions(name: str) -> set[str]:
    """On every system, without extras. Empty for a distribution that is not installed on this machine."""
    try:
        listed = [Requirement(text) for text in requires(name) or []]
    except PackageNotFoundError:
        return set()
    return {canonicalize_name(r.name) for r in listed if "extra" not in str(r.marker)}


def _module(section: dict[str, Any]) -> str:
    """The module in `exec python3 -m MODULE ...`."""
    return str(section.get("do", section)["cmd"].split()[3])
