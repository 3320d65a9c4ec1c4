"""Restage: every stage of every dataset is `python3 -m stages.<stage> <dataset>`.

This file runs first in every process, before any library is loaded, and does what cannot wait: it moves to the
interpreter that has the locked packages, it fixes what libraries read from the environment once, when they
load, it ties the process to the DVC that started it, it spares it the search for garbage in what stays, and under
`restage run` it leaves the work to a process that has the libraries loaded. It keeps to syntax that any Python 3
reads, so that an old one gets a sentence and not a SyntaxError.
"""

import atexit
import gc
import os
import platform
import sys

INTERPRETERS_OWN = gc.get_threshold()
_OLDEST = (3, 11)
# Objects made before the next search for garbage; the interpreter's own 700 or 2,000 fit a program that loads little.
_SELDOM = 50_000


def _home() -> "str | None":
    """The nearest .venv at or above the checkout: DVC runs queued experiments in copies below .dvc/tmp."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    while folder != os.path.dirname(folder):
        candidate = os.path.join(folder, ".venv", "bin", "python")
        if os.access(candidate, os.X_OK):
            return candidate
        folder = os.path.dirname(folder)
    return None


def _use_locked_packages() -> None:
    """Whoever activated an environment chose it; a bare interpreter gives way to the project's own."""
    if sys.prefix != sys.base_prefix or "CONDA_PREFIX" in os.environ:
        return
    home = _home()
    command = getattr(sys, "orig_argv", None)
    if home and command and sys.argv[:1] == ["-m"] and sys.executable != home:
        os.execv(home, [home, *command[1:]])
    if sys.argv[:1] == ["-m"] and not home:
        sys.exit("restage: no .venv here and none activated; run `make setup` once, or activate yours.")
    if sys.version_info < _OLDEST:
        sys.exit(
            "restage: Python %d.%d cannot run this; use `.venv/bin/python` or activate .venv." % sys.version_info[:2]
        )


def _same_on_every_machine() -> None:
    """One thread and one instruction set for the linear algebra below NumPy: core count and CPU must not show."""
    os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})
    if platform.machine() == "x86_64":
        os.environ["OPENBLAS_CORETYPE"] = "Haswell"


def _end_with_dvc() -> None:
    if "DVC_STAGE" in os.environ and sys.argv[:1] == ["-m"]:
        from stages.core.runtime.parent_process import end_with_dvc

        end_with_dvc()


def search_seldom() -> None:
    """What libraries load stays to the end, and at the end it is not searched either: that took a fifth of a stage."""
    gc.set_threshold(_SELDOM)
    atexit.register(gc.freeze)


def _hand_over() -> None:
    """Under `restage run` a fork that has the libraries loaded stands in for this process, if there is one."""
    folder = os.environ.get("RESTAGE_WARM")
    if folder and sys.argv[:1] == ["-m"] and sys.orig_argv[1:2] == ["-m"]:
        from stages.core.runtime.preload_client import hand_over

        hand_over(folder, sys.orig_argv[2], sys.orig_argv[3:])


_use_locked_packages()
_same_on_every_machine()
_end_with_dvc()
if sys.argv[:1] == ["-m"]:
    search_seldom()
_hand_over()
