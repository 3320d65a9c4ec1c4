"""Checks of the environment: Python, .venv, installed packages, byte code."""

import os
import re
import sys
import sysconfig
import tomllib
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import cache_from_source, find_spec
from pathlib import Path

import stages
from stages.cli.doctor.finding import Finding, ok, problem, warning
from stages.core.errors import format_examples

ENVIRONMENT = Path(".venv")
LOCK = Path("requirements.lock")
# Importing these takes seconds if Python has to compile them first.
LARGE_PACKAGES = (
    "dvc", "great_expectations", "keras", "numpy", "pandas", "pyarrow", "pydantic", "scipy", "sklearn", "tensorflow",
)  # fmt: skip
# Some packages hold files that no Python can compile, such as templates.
TOLERATED_SHARE = 0.1
_LOCKED = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)(?: ; (.*?))? *\\?$", re.MULTILINE)
_SUPPORTED = re.compile(r">=3\.(\d+), *<3\.(\d+)")
_VENV_VERSION = re.compile(r"^version(?:_info)? *= *(\d+)\.(\d+)", re.MULTILINE)
# The environment is made only if requirements.lock is newer.
INSTALL = f"`touch {LOCK} && make setup`"


def python(running: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """The minor version of Python against `requires-python` in pyproject.toml."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    requires = str(project.get("project", {}).get("requires-python", ""))
    limits = _SUPPORTED.fullmatch(requires)
    number = "{}.{}".format(*running)
    if limits and not int(limits[1]) <= running[1] < int(limits[2]):
        return problem(f"{number}; supported is {requires}", "`make clean`, then `make setup PYTHON=/path/to/python`")
    return ok(number)


def virtual_environment(folder: Path = ENVIRONMENT) -> Finding:
    """Whether .venv exists, can run, and is the environment that runs now."""
    settings = folder / "pyvenv.cfg"
    if not settings.is_file():
        active = sys.prefix != sys.base_prefix or "CONDA_PREFIX" in os.environ
        found = f"no {folder}"
        return warning(f"{found}; {sys.prefix} is active", "`make setup`") if active else problem(found, "`make setup`")
    if not os.access(folder / "bin" / "python", os.X_OK):
        return problem(f"{folder}/bin/python cannot run: its Python was removed", "`make clean setup`")
    recorded = _VENV_VERSION.search(settings.read_text(encoding="utf-8"))
    if Path(sys.prefix).resolve() != folder.resolve():
        number = f" of Python {recorded[1]}.{recorded[2]}" if recorded else ""
        return warning(f"{sys.prefix} is active, not {folder}{number}", f"`source {folder}/bin/activate`")
    if recorded and (int(recorded[1]), int(recorded[2])) != sys.version_info[:2]:
        running = "{}.{}".format(*sys.version_info)
        return problem(f"made for Python {recorded[1]}.{recorded[2]}, runs {running}", "`make clean setup`")
    return ok(f"{folder} is active")


def packages(lock: Path = LOCK, installed: Callable[[str], str | None] | None = None) -> Finding:
    """All installed versions against requirements.lock, also those that no stage depends on."""
    find, count, differing = installed or _installed_version, 0, []
    for name, locked in _locked_versions(lock.read_text(encoding="utf-8")):
        count += 1
        if (found := find(name)) != locked:
            differing.append(f"{name} {found or 'missing'} (locked {locked})")
    if differing:
        return problem(f"{len(differing)} of {count} differ from {lock}: {format_examples(differing)}", INSTALL)
    return ok(f"{count} as in {lock}")


def _installed_version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _locked_versions(text: str) -> Iterator[tuple[str, str]]:
    """Lines for another Python or another system are skipped."""
    applies = _marker_evaluator()
    for name, locked, marker in _LOCKED.findall(text):
        if not marker or applies(marker):
            yield name, locked


def _marker_evaluator() -> Callable[[str], bool]:
    """Without `packaging`, which is a locked package itself, lines with a marker cannot be checked."""
    try:
        from packaging.markers import Marker
    except ModuleNotFoundError:
        return lambda _: False
    return lambda marker: bool(Marker(marker).evaluate())


def byte_code(names: Iterable[str] = LARGE_PACKAGES) -> Finding:
    """Whether Python can load compiled modules; without them, a cold start takes two to three times as long."""
    lacking = [name for name in names if (folder := _package_folder(name)) and _lacks_byte_code(folder)]
    if lacking:
        target = sysconfig.get_path("purelib")
        return warning(f"not compiled: {', '.join(lacking)}; starts are slow", f"`python -m compileall -q {target}`")
    if _lacks_byte_code(Path(stages.__file__).parent):
        return warning("stages/ is not compiled; its first start is slow", "`python -m compileall -q stages`")
    return ok("compiled")


def _package_folder(name: str) -> Path | None:
    """Found without importing the package."""
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _lacks_byte_code(folder: Path) -> bool:
    """Whether the modules in the folder have no compiled file, or an older one."""
    total = missing = 0
    for directory, _, names in os.walk(folder):
        modules = [name for name in names if name.endswith(".py")]
        if modules:
            compiled = Path(cache_from_source(str(Path(directory, modules[0])))).parent
            present = {entry.name for entry in os.scandir(compiled)} if compiled.is_dir() else set()
            total += len(modules)
            missing += sum(Path(cache_from_source(name)).name not in present for name in modules)
    return missing > TOLERATED_SHARE * total or _is_outdated(folder / "__init__.py")


def _is_outdated(module: Path) -> bool:
    """Python compares the time in the compiled file with that of the source."""
    compiled = Path(cache_from_source(str(module)))
    if not module.is_file() or not compiled.is_file():
        return False
    header = compiled.read_bytes()[:12]
    by_time = header[4:8] == bytes(4)
    return by_time and int.from_bytes(header[8:12], "little") != int(module.stat().st_mtime) & 0xFFFFFFFF


def byte_code_writing(disabled: bool = sys.dont_write_bytecode) -> Finding:
    if disabled:
        return warning(
            "disabled: each start compiles again what is not compiled", "`unset PYTHONDONTWRITEBYTECODE`; no `-B`"
        )
    return ok("enabled")


def code_of_this_clone(package: Path = Path(stages.__file__).parent) -> Finding:
    """A `restage` that was installed from another clone runs the code of that clone."""
    if Path("stages").resolve() != package.resolve():
        return problem(f"this restage runs the code in {package}", f"here `python3 -m stages.cli doctor`, or {INSTALL}")
    return ok("runs the code of this clone")
