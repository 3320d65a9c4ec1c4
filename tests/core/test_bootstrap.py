"""stages/__init__.py: which interpreter a stage runs in, and what it fixes before any library is loaded."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import stages

BARE = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
SPY = '#!/bin/sh\nprintf "%s\\n" "spy" "$@"\n'
ECHO = "import os, sys\nprint('ran in', sys.executable, os.environ['OPENBLAS_NUM_THREADS'])\n"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A checkout with the real first file and one stage that says where it runs."""
    package = tmp_path / "home" / "clone" / "stages"
    package.mkdir(parents=True)
    shutil.copy(stages.__file__, package)
    (package / "echo.py").write_text(ECHO)
    return package.parent


def environment(home: Path, interpreter: str = SPY) -> Path:
    python = home / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(interpreter)
    python.chmod(0o755)
    return python


def run(clone: Path, *words: str, python: Path | str = BARE, **setting: str) -> subprocess.CompletedProcess[str]:
    unset = ("CONDA_PREFIX", "VIRTUAL_ENV", "PYTHONPATH", "OPENBLAS_NUM_THREADS")
    env = {k: v for k, v in os.environ.items() if k not in unset} | setting
    return subprocess.run([python, *words], cwd=clone, env=env, capture_output=True, text=True, timeout=60)


def test_a_bare_interpreter_without_an_environment_says_what_to_do(clone: Path) -> None:
    done = run(clone, "-m", "stages.echo", "iris")
    assert (done.returncode, done.stdout) == (1, "")
    expected = "restage: no .venv here and none activated; run `make setup` once, or activate yours.\n"
    assert done.stderr == expected


def test_a_bare_interpreter_gives_way_to_the_clones_own(clone: Path) -> None:
    environment(clone)
    done = run(clone, "-W", "ignore", "-m", "stages.echo", "iris", "--debug")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["spy", "-W", "ignore", "-m", "stages.echo", "iris", "--debug"]


def test_a_queued_experiment_finds_the_environment_further_up(clone: Path) -> None:
    environment(clone.parent)
    assert run(clone, "-m", "stages.echo", "iris").stdout.startswith("spy")


def test_the_nearest_environment_is_taken(clone: Path) -> None:
    environment(clone.parent, "#!/bin/sh\necho far\n")
    environment(clone)
    assert run(clone, "-m", "stages.echo", "iris").stdout.startswith("spy")


def test_an_environment_that_cannot_be_run_is_none(clone: Path) -> None:
    environment(clone).chmod(0o644)
    assert "make setup" in run(clone, "-m", "stages.echo", "iris").stderr


def test_an_activated_environment_is_the_persons_choice(clone: Path) -> None:
    environment(clone)
    active = run(clone, "-m", "stages.echo", "iris", python=sys.executable)
    assert active.stdout.split() == ["ran", "in", sys.executable, "1"]
    conda = run(clone, "-m", "stages.echo", "iris", CONDA_PREFIX="/opt/conda")
    assert conda.stdout.startswith("ran in")


def test_an_environment_that_does_not_know_it_is_one_is_entered_once(clone: Path) -> None:
    """Conda's environments have no base prefix of their own; one that lies in .venv ran itself for ever."""
    python = environment(clone)
    python.unlink()
    python.symlink_to(BARE)
    done = run(clone, "-m", "stages.echo", "iris")
    assert done.stdout.split() == ["ran", "in", str(python), "1"]


def test_importing_the_package_moves_nowhere(clone: Path) -> None:
    environment(clone)
    done = run(clone, "-c", "import stages.echo")
    assert done.stdout.startswith("ran in")


def test_an_old_python_gets_a_sentence(clone: Path) -> None:
    script = "import sys; sys.version_info = (3, 8, 0); import stages"
    done = run(clone, "-c", script)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "restage: Python 3.8 cannot run this; use `.venv/bin/python` or activate .venv.\n"


def test_the_number_of_cores_does_not_show(clone: Path) -> None:
    names = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_CORETYPE"]
    script = f"import stages, os; print([os.environ.get(n) for n in {names}])"
    done = run(clone, "-c", script, OMP_NUM_THREADS="8")
    assert done.stdout.strip() == str(["1", "1", "1", "Haswell" if platform.machine() == "x86_64" else None])


@pytest.mark.parametrize(("words", "expected"), [(["-m"], "True True"), (["-c"], "False False")])
def test_a_stage_does_not_search_for_garbage_in_what_stays(clone: Path, words: list[str], expected: str) -> None:
    script = (
        f"import atexit, gc, sys; sys.argv, own = {words}, gc.get_threshold(); "
        "atexit.register(lambda: print(gc.get_threshold() > own, gc.get_freeze_count() > 0)); import stages"
    )
    assert run(clone, "-c", script, python=sys.executable).stdout.strip() == expected
