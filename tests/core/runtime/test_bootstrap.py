"""Which interpreter a process uses, and what is set before any library is loaded."""

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stages.cli.verify.machine_differences import CPU_INFO, machine_differences
from stages.core.runtime import bootstrap

BARE_PYTHON = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
PRINT_ARGUMENTS = '#!/bin/sh\nprintf "%s\\n" "project" "$@"\n'
STAGE = """
import os, sys
from stages.core.runtime.bootstrap import prepare_process
if __name__ == "__main__":
    prepare_process()
print("ran in", sys.executable, os.environ.get("OPENBLAS_NUM_THREADS"))
"""
# Prints which sets of instructions NumPy chooses from at run time, and which of them it uses.
DISPATCHED = (
    "import json; from numpy._core._multiarray_umath import __cpu_dispatch__ as d, __cpu_features__ as f; "
    "print(json.dumps([d, [name for name in d if f[name]]]))"
)
# Prints the hash of the values of log, exp and tanh, in float32 and in float64.
FUNCTIONS = (
    "import hashlib, json, numpy as np; x = np.linspace(1e-3, 80, 4096); "
    "values = [f(x.astype(t)) for t in ('f4', 'f8') for f in (np.log, np.exp, np.tanh)]; "
    "print(json.dumps([hashlib.sha256(v.tobytes()).hexdigest()[:16] for v in values]))"
)
FUNCTION_HASHES = [
    "e55c20174333e0f7",
    "610d95c99f568be9",
    "cbd8329a3d2cdcd0",
    "6b8cba679e66c4a1",
    "32914519ee348af0",
    "84213ddea3402b69",
]
CPU_FLAGS = CPU_INFO.read_text().split() if CPU_INFO.is_file() else []


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with the real bootstrap module and one stage that prints where it runs."""
    package = tmp_path / "home" / "clone" / "stages"
    runtime = package / "core" / "runtime"
    runtime.mkdir(parents=True)
    for folder in (package, package / "core", runtime):
        (folder / "__init__.py").touch()
    shutil.copy(bootstrap.__file__, runtime)
    (package / "where.py").write_text(STAGE)
    return package.parent


def add_environment(folder: Path, interpreter: str = PRINT_ARGUMENTS) -> Path:
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(interpreter)
    python.chmod(0o755)
    return python


def run(clone: Path, *argv: str, python: Path | str = BARE_PYTHON, **env: str) -> subprocess.CompletedProcess[str]:
    unset = ("CONDA_PREFIX", "VIRTUAL_ENV", "PYTHONPATH", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "DVC_STAGE")
    environment = {k: v for k, v in os.environ.items() if k not in unset} | env
    return subprocess.run([python, *argv], cwd=clone, env=environment, capture_output=True, text=True, timeout=60)


def test_a_bare_interpreter_without_an_environment_names_the_command(clone: Path) -> None:
    done = run(clone, "-m", "stages.where", "iris")
    assert (done.returncode, done.stdout) == (1, "")
    assert "make setup" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bare_interpreter_is_replaced_by_the_projects_own(clone: Path) -> None:
    add_environment(clone)
    done = run(clone, "-W", "ignore", "-m", "stages.where", "iris", "--debug")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["project", "-W", "ignore", "-m", "stages.where", "iris", "--debug"]


def test_a_queued_experiment_finds_the_environment_in_a_parent_folder(clone: Path) -> None:
    add_environment(clone.parent)
    assert run(clone, "-m", "stages.where", "iris").stdout.startswith("project")


def test_the_nearest_environment_is_used(clone: Path) -> None:
    add_environment(clone.parent, "#!/bin/sh\necho far\n")
    add_environment(clone)
    assert run(clone, "-m", "stages.where", "iris").stdout.startswith("project")


def test_an_environment_that_cannot_be_executed_is_ignored(clone: Path) -> None:
    add_environment(clone).chmod(0o644)
    assert "make setup" in run(clone, "-m", "stages.where", "iris").stderr


def test_an_activated_environment_is_kept(clone: Path) -> None:
    add_environment(clone)
    active = run(clone, "-m", "stages.where", "iris", python=sys.executable)
    assert active.stdout.split() == ["ran", "in", sys.executable, "1"]
    conda = run(clone, "-m", "stages.where", "iris", CONDA_PREFIX="/opt/conda")
    assert conda.stdout.startswith("ran in")


def test_an_environment_without_a_base_prefix_is_entered_once(clone: Path) -> None:
    """An environment made by conda has no base prefix of its own; such a .venv must not replace itself for ever."""
    python = add_environment(clone)
    python.unlink()
    python.symlink_to(BARE_PYTHON)
    done = run(clone, "-m", "stages.where", "iris")
    assert done.stdout.split() == ["ran", "in", str(python), "1"]


@pytest.mark.parametrize("module", ["stages", "stages.core", "stages.core.runtime.bootstrap", "stages.where"])
def test_importing_changes_nothing(clone: Path, module: str) -> None:
    add_environment(clone)
    script = (
        "import gc, os; before = dict(os.environ), gc.get_threshold(); "
        f"import {module}; print(before == (dict(os.environ), gc.get_threshold()))"
    )
    assert run(clone, "-c", script).stdout.splitlines()[-1] == "True"


def test_an_old_python_gets_a_message(clone: Path) -> None:
    add_environment(clone)
    script = (
        "import sys; sys.version_info = (3, 8, 0); del sys.orig_argv; "
        "from stages.core.runtime import bootstrap; bootstrap.use_project_interpreter()"
    )
    done = run(clone, "-c", script)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Python 3.8" in done.stderr
    assert ".venv/bin/python" in done.stderr


def test_numpy_has_one_thread_and_one_instruction_set(clone: Path) -> None:
    names = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_CORETYPE"]
    script = (
        "import os; from stages.core.runtime.bootstrap import pin_numpy; pin_numpy(); "
        f"print([os.environ.get(name) for name in {names}])"
    )
    done = run(clone, "-c", script, OMP_NUM_THREADS="8")
    assert done.stdout.strip() == str(["1", "1", "1", "Haswell" if platform.machine() == "x86_64" else None])


def numpy_after_pinning(clone: Path, statement: str, **env: str) -> Any:
    """What the statement prints as JSON, in a process where every warning is an error."""
    script = f"from stages.core.runtime.bootstrap import pin_numpy; pin_numpy(); {statement}"
    done = run(clone, "-W", "error", "-c", script, python=sys.executable, **env)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="nothing is pinned on other processors")
class TestNumPysFunctions:
    @pytest.mark.parametrize(
        "env",
        [{}, {"NPY_DISABLE_CPU_FEATURES": "X86_V3"}, {"NPY_ENABLE_CPU_FEATURES": "X86_V3"}],
        ids=["nothing set", "disabled by the user", "enabled by the user"],
    )
    def test_nothing_above_avx2_is_used(self, clone: Path, env: dict[str, str]) -> None:
        dispatched, used = numpy_after_pinning(clone, DISPATCHED, **env)
        assert set(used) <= {"X86_V3"} < set(dispatched)

    def test_the_pin_names_all_that_numpy_chooses_at_run_time(self, clone: Path) -> None:
        """A name that NumPy did not know would be a warning; a set that is not named would be used."""
        dispatched, _ = numpy_after_pinning(clone, DISPATCHED)
        assert set(dispatched) - {"X86_V3"} == set(bootstrap._NUMPY_FEATURES_ABOVE_AVX2.split())

    @pytest.mark.skipif(
        bool(machine_differences()), reason="the recorded bits are those of Linux and a processor with AVX2 and FMA"
    )
    def test_functions_give_the_recorded_bits(self, clone: Path) -> None:
        assert numpy_after_pinning(clone, FUNCTIONS) == FUNCTION_HASHES

    def test_other_instruction_sets_give_other_bits(self, clone: Path) -> None:
        without_avx2 = "import os; os.environ['NPY_DISABLE_CPU_FEATURES'] += ' X86_V3'; "
        assert numpy_after_pinning(clone, without_avx2 + FUNCTIONS) != FUNCTION_HASHES

    @pytest.mark.skipif("avx512f" not in CPU_FLAGS, reason="this processor has no AVX-512")
    def test_with_avx512_the_bits_are_others(self, clone: Path) -> None:
        unpinned = "import os; del os.environ['NPY_DISABLE_CPU_FEATURES']; "
        assert numpy_after_pinning(clone, unpinned + FUNCTIONS) != FUNCTION_HASHES


def test_garbage_is_collected_rarely_and_not_at_the_end(clone: Path) -> None:
    script = (
        "import atexit, gc; own = gc.get_threshold()\n"
        "atexit.register(lambda: print(gc.get_threshold() > own, gc.get_freeze_count() > 0))\n"
        "from stages.core.runtime.bootstrap import collect_garbage_rarely; collect_garbage_rarely()"
    )
    assert run(clone, "-c", script).stdout.strip() == "True True"
