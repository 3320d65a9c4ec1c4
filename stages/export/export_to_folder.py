"""`python3 -m stages.export.export_to_folder DATASET FOLDER`: an export that is no output of DVC.

The results must be up to date, which `restage export` checks.
"""

import sys
from pathlib import Path

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.core.files.atomic_write import move_into_place, write_beside
from stages.core.paths import check_key
from stages.core.run_stage.stage import DEBUG, report_user_errors
from stages.core.runtime.keras import start_keras
from stages.export.dataset_inputs import read_dataset_inputs
from stages.export.write_export import write_export


def export_to_folder(key: str, target: Path) -> None:
    inputs = read_dataset_inputs(check_key(key))
    start_keras(inputs.training.threads)
    with write_beside(target) as folder:
        folder.mkdir()
        write_export(inputs, folder)
    move_into_place(target)


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != DEBUG]
    with report_user_errors("export", debug=DEBUG in sys.argv):
        export_to_folder(arguments[0], Path(arguments[1]))
