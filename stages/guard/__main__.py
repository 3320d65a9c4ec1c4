"""`python3 -m stages.guard`: the guard stage, on which all others depend."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.core.runtime.stage import run_single_stage
from stages.guard.guard_stage import guard

if __name__ == "__main__":
    run_single_stage("guard", guard)
