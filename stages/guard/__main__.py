"""`python3 -m stages.guard`: the guard stage, on which all others depend."""

import sys

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.config.checks.conf_files import check_input_files
from stages.core.run_stage.stage import DEBUG, report_user_errors, run_single_stage
from stages.guard.guard_stage import guard

if __name__ == "__main__":
    with report_user_errors("guard", debug=DEBUG in sys.argv):
        check_input_files()
    run_single_stage("guard", guard)
