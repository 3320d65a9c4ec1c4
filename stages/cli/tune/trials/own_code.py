"""The files of conf/models that a trial uses, as the guard copies those that conf/ names."""

import os
import shutil
from pathlib import Path

from stages.core import paths
from stages.core.own_model.model_files import NO_MODEL_FILES, PACKAGE_FILE, PACKAGE_TEXT, ModelFiles, import_model_files
from stages.train.params import Train


def import_own_code(params: Train, folder: Path) -> ModelFiles:
    """Import copies of the files anew, so that nothing of another trial is left in them.

    The copies are in `folder`, in a folder of this process.
    """
    if not params.own_functions:
        return NO_MODEL_FILES
    folder = folder / str(os.getpid())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / PACKAGE_FILE).write_text(PACKAGE_TEXT, encoding="utf-8")
    for name in params.model_files:
        shutil.copyfile(paths.MODEL_FILES / name, folder / name)
    return import_model_files(folder)
