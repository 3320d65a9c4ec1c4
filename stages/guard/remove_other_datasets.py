"""Removes the results of datasets that are not in the suite.

The guard does it, and `restage run` too: after a merge of a branch that removed a dataset, DVC may take the guard's
outputs from its cache and not run it.
"""

from collections.abc import Container

from stages.core import paths
from stages.core.files.atomic_write import remove


def remove_results_of_other_datasets(keys: Container[str]) -> None:
    """Remove what a dataset that left the suite has in the folders that summary depends on.

    DVC hashes these folders as they are: a file that no stage of the suite makes would get into dvc.lock, and no other
    clone could reproduce the hash. DVC's cache keeps the content.
    """
    for folder in (paths.EVALUATION, paths.VALIDATION):
        for file in folder.glob("*.json"):
            if file.stem not in keys:
                remove(file)
