"""The package of an export: all of its modules can be imported where this repository and its libraries are missing."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stages.export.copied_code.copy_code import copied_modules, copy_code
from stages.export.copied_code.needed_modules import imported_libraries, imported_names, module_file

# PyArrow is imported where a person wants Parquet, and Pillow where there are pictures.
PORTABLE = {"PIL", "numpy", "pyarrow", "pydantic", "pydantic_core"}
SERVER = {"anyio", "fastapi", "starlette", "uvicorn"}
IMPORT_ALL = """
import importlib, sys
from pathlib import Path

class Forbidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[2:]:
            raise AssertionError(f"{name} is imported")

sys.meta_path.insert(0, Forbidden())
sys.path.insert(0, sys.argv[1])
files = sorted(Path(sys.argv[1]).rglob("*.py"))
for file in files:
    parts = file.relative_to(sys.argv[1]).with_suffix("").parts
    importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
print(len(files))
"""
FORBIDDEN = ["dvc", "keras", "pandas", "requests", "scipy", "sklearn", "stages", "tensorflow", "yaml"]


@pytest.fixture(scope="module", params=["litert", "keras"], name="engine")
def _engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", name="package")
def _package(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(engine)
    copy_code(copied_modules(engine), folder)
    return folder


def source_files(package: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(package.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_only_portable_libraries_are_needed(engine: str) -> None:
    own = {"litert": {"ai_edge_litert"}, "keras": {"keras", "tensorflow"}}[engine]
    libraries = imported_libraries(copied_modules(engine)) - sys.stdlib_module_names
    assert libraries - SERVER <= PORTABLE | own
    assert libraries >= own | {"numpy", "pydantic"}


def test_no_name_of_this_repository_is_left(package: Path) -> None:
    for path, tree in source_files(package):
        for node in ast.walk(tree):
            match node:
                case ast.ImportFrom(module=str(name)):
                    names = [name]
                case ast.Import(names=aliases):
                    names = [alias.name for alias in aliases]
                case ast.Name(id=name):
                    names = [name]
                case _:
                    continue
            assert [name for name in names if name.partition(".")[0] == "stages"] == [], path


def test_only_the_other_engine_is_missing(engine: str) -> None:
    """What runs the other kind of model file is imported inside of a function, and not copied."""
    copied = set(copied_modules(engine))
    imported = {name for module in copied for name in imported_names(module) if module_file(name) is not None}
    other = {"litert": "stages.inference.keras_model", "keras": "stages.inference.litert"}[engine]
    assert {name for name in imported - copied if not name.startswith(other)} == set()
    assert imported - copied != set()


# With Keras it takes the time to load TensorFlow.
@pytest.mark.parametrize("engine", ["litert", pytest.param("keras", marks=pytest.mark.long)], indirect=True)
def test_every_module_can_be_imported(engine: str, package: Path, tmp_path: Path) -> None:
    # TensorFlow imports the others if they are installed.
    forbidden = ["dvc", "stages"] if engine == "keras" else FORBIDDEN
    done = subprocess.run(
        [sys.executable, "-P", "-c", IMPORT_ALL, str(package), *forbidden],
        cwd=tmp_path, env={"KERAS_BACKEND": "tensorflow"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


def test_files_that_are_no_code_are_copied_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from stages.export.copied_code import copy_code as module

    inference = tmp_path / "stages/inference"
    for name in ("__init__.py", "page/__init__.py", "page/styles/page.css", "page/notes.txt", "other/__init__.py"):
        (inference / name).parent.mkdir(parents=True, exist_ok=True)
        (inference / name).write_text("")
    (inference / "other/left_out.txt").write_text("")
    files = {"stages.inference": "__init__.py", "stages.inference.page": "page/__init__.py"}
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "INFERENCE", inference)
    monkeypatch.setattr(module, "module_file", lambda name: inference / files[name])
    copy_code(files, tmp_path / "out")
    copied = {path.relative_to(tmp_path / "out/model").as_posix() for path in (tmp_path / "out").rglob("*.*")}
    assert copied == {
        *("__init__.py", "__main__.py", "inference/__init__.py", "inference/page/__init__.py"),
        *("inference/page/styles/page.css", "inference/page/notes.txt"),
    }
