"""Prepares a process. Every `__main__` calls `prepare_process()` before it imports a library.

Only the standard library is imported here, in syntax that every Python 3 can parse, so that an old interpreter
gets a message and not a SyntaxError.
"""

import atexit
import gc
import os
import platform
import sys
import time

# Code that changes after this moment may have been loaded as it was before.
PROCESS_START = time.time_ns()
_OLDEST_PYTHON = (3, 11)
# Allocations between two garbage collections. The default (700 or 2,000) fits programs that load little;
# here the libraries' objects stay until the end, and collecting them again and again took a fifth of a stage.
_GC_THRESHOLD = 50000
# All that NumPy 2.4 can choose at run time on x86_64, except X86_V3, which is AVX2 and FMA. NumPy ignores a set that
# the processor lacks, and warns of a name that it does not know.
_NUMPY_FEATURES_ABOVE_AVX2 = "X86_V4 AVX512_ICL AVX512_SPR"


def prepare_process():  # type: () -> None
    """Use the locked packages and reproducible settings, and end with DVC.

    Under `restage run`, a fork that has the libraries loaded does this process' work, if there is one.
    May replace this process by another one, or end it with a message.
    """
    use_project_interpreter()
    pin_numpy()
    if "DVC_STAGE" in os.environ:
        from stages.core.runtime.parent_process import end_with_dvc

        end_with_dvc()
    collect_garbage_rarely()
    folder = os.environ.get("RESTAGE_PRELOADED")
    if folder and sys.orig_argv[1:2] == ["-m"]:
        from stages.core.runtime.preload_client import delegate_to_fork

        delegate_to_fork(folder, sys.orig_argv[2], sys.orig_argv[3:])


def use_project_interpreter():  # type: () -> None
    """Replace a bare interpreter by that of the project's .venv; an activated environment is the user's choice."""
    if sys.prefix != sys.base_prefix or "CONDA_PREFIX" in os.environ:
        return
    interpreter = project_interpreter()
    if interpreter is None:
        sys.exit("restage: no .venv found and no environment activated; run `make setup` once, or activate yours")
    arguments = getattr(sys, "orig_argv", None)
    if arguments and sys.executable != interpreter:
        os.execv(interpreter, [interpreter] + arguments[1:])
    refuse_old_python()


def refuse_old_python():  # type: () -> None
    """End the process with a message if this Python cannot run the code."""
    if sys.version_info < _OLDEST_PYTHON:
        sys.exit(
            "restage: Python %d.%d is too old; use `.venv/bin/python` or activate .venv" % tuple(sys.version_info[:2])
        )


def project_interpreter():  # type: () -> str | None
    """The nearest .venv in this repository or above: DVC runs queued experiments in copies below .dvc/tmp."""
    folder = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    while folder != os.path.dirname(folder):
        candidate = os.path.join(folder, ".venv", "bin", "python")
        if os.access(candidate, os.X_OK):
            return candidate
        folder = os.path.dirname(folder)
    return None


def pin_numpy():  # type: () -> None
    """One thread and one instruction set for NumPy, so that results do not depend on the machine.

    OpenBLAS computes its products, and NumPy itself functions such as log, exp and tanh. The libraries read these
    variables once, when they are loaded.
    """
    os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})
    if platform.machine() == "x86_64":
        os.environ["OPENBLAS_CORETYPE"] = "Haswell"
        os.environ["NPY_DISABLE_CPU_FEATURES"] = _NUMPY_FEATURES_ABOVE_AVX2
        # NumPy cannot be imported when both variables are set.
        os.environ.pop("NPY_ENABLE_CPU_FEATURES", None)


def collect_garbage_rarely():  # type: () -> None
    """Collect garbage rarely, and not at all when the process ends."""
    gc.set_threshold(_GC_THRESHOLD)
    atexit.register(gc.freeze)
