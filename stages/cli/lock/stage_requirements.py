"""A stage's part of requirements.lock: what its code imports, and what that requires in turn.

Edges between libraries come from what is installed and do not depend on the machine, so that every Python on every
system cuts the same slices. Left out is what cannot show in a result: a new version of it must rerun nothing.
"""

import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from stages.cli.lock.stage_imports import closure, entry, named_by
from stages.core.dvc.pipeline_file import read_pipeline
from stages.core.errors import UserError
from stages.core.runtime.atomic_write import remove, write_text
from stages.core.runtime.locked_versions import REQUIREMENTS_FOLDER, requirements_file

LOCK = Path("requirements.lock")
# They show something to a person, or carry bytes whose hash is checked.
SHOWN_OR_CARRIED = frozenset({
    "certifi", "charset-normalizer", "colorama", "grpcio", "idna", "markdown-it-py", "mdurl", "platformdirs", "pooch",
    "psutil", "pygments", "requests", "rich", "termcolor", "tqdm", "urllib3",
})  # fmt: skip
# They help Python, an installation or a compiler, and compute nothing.
PLUMBING = frozenset({
    "annotated-types", "attrs", "cffi", "cloudpickle", "joblib", "libclang", "namex", "packaging", "pycparser",
    "ruamel-yaml-clib", "setuptools", "six", "typing-extensions", "typing-inspection", "wheel",
})  # fmt: skip
# Great Expectations draws, documents and encrypts with them; a stage that names one uses it, and no other does.
UNUSED = frozenset({"altair", "cryptography", "jinja2", "mistune", "narwhals", "pyparsing"})
# matplotlib is asked for a file that lies in it; nothing is drawn.
NOT_DRAWN = frozenset({"contourpy", "cycler", "fonttools", "kiwisolver"})
QUIET = SHOWN_OR_CARRIED | PLUMBING | UNUSED | NOT_DRAWN


def write_slices() -> None:
    wanted = slices()
    for old in REQUIREMENTS_FOLDER.glob("*.txt"):
        if old not in wanted:
            remove(old)
    for file, text in wanted.items():
        write_text(file, text)


def check_slices() -> None:
    stale = [str(file) for file, text in slices().items() if not file.is_file() or file.read_text("utf-8") != text]
    if stale:
        raise UserError(f"{', '.join(stale)}: not what {LOCK} and the code give; run `restage lock`")


def slices() -> dict[Path, str]:
    """What belongs into stages/locked, file by file."""
    lines, provided = read_lock(), packages_distributions()
    found: dict[Path, str] = {}
    for stage, section in read_pipeline().items():
        names = required_by(directly_used(_module(section), provided), set(lines))
        found[requirements_file(stage)] = "".join(f"{line}\n" for name in sorted(names) for line in lines[name])
    return found


def read_lock(path: Path = LOCK) -> dict[str, list[str]]:
    """Each library's line without its hashes; several where Pythons differ."""
    found: dict[str, list[str]] = {}
    for line in re.findall(r"^[a-z0-9-]+==.*?(?= *\\$)", path.read_text(encoding="utf-8"), re.MULTILINE):
        found.setdefault(line.partition("==")[0], []).append(line)
    return found


def _module(section: dict[str, Any]) -> str:
    """`exec python3 -m MODULE ...`"""
    return str(section.get("do", section)["cmd"].split()[3])


def directly_used(module: str, provided: Mapping[str, list[str]]) -> set[str]:
    """The libraries that the stage's own code names."""
    named = {name.partition(".")[0] for ours in closure(entry(module)) for name in named_by(ours)}
    return {canonicalize_name(library) for name in named for library in provided.get(name, ())}


def required_by(direct: set[str], locked: set[str]) -> set[str]:
    """With all that they require and that is not quiet, and what that requires."""
    found: set[str] = set()
    waiting = list(direct - SHOWN_OR_CARRIED - PLUMBING)
    while waiting:
        name = waiting.pop()
        if name in locked - found:
            found.add(name)
            waiting += _requirements(name) - QUIET
    return found


def _requirements(name: str) -> set[str]:
    """On any system, without extras; none are known of what is not installed here, and nothing hangs on those."""
    try:
        listed = [Requirement(text) for text in requires(name) or []]
    except PackageNotFoundError:
        return set()
    return {canonicalize_name(r.name) for r in listed if "extra" not in str(r.marker)}
