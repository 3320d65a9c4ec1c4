"""`python3 -m stages.cli.doctor [--json] [--debug]`: the same without any package, where `restage` cannot start."""

import sys

from stages.core.runtime.bootstrap import project_interpreter, refuse_old_python, use_project_interpreter

if __name__ == "__main__":
    # Without .venv, the interpreter that runs is what there is to check.
    if project_interpreter():
        use_project_interpreter()
    refuse_old_python()

from stages.cli.doctor.doctor import doctor

if __name__ == "__main__":
    doctor(as_json="--json" in sys.argv, debug="--debug" in sys.argv)
