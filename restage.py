"""Restage in notebooks and scripts: the data, the model and the results of each dataset.

    import restage

    iris = restage.load("iris")
    iris.predictions.query("species_truth != species_predicted")

The names in `__all__`, and the public attributes of what they give, are all that Restage promises to other code. All
other modules, `stages` among them, can change in any version.
"""

from collections.abc import Sequence

from stages.notebook.clone import Repository, current_repository
from stages.notebook.compared_revisions import Comparison
from stages.notebook.dataset import Dataset
from stages.notebook.notebook_errors import Error, StaleResultsWarning

__all__ = [
    "Comparison",
    "Dataset",
    "Error",
    "Repository",
    "StaleResultsWarning",
    "compare",
    "datasets",
    "load",
]


def datasets() -> dict[str, str]:
    """The title of each dataset of the suite by its key, in the repository of the current folder."""
    return current_repository().datasets()


def load(key: str, rev: str | None = None) -> Dataset:
    """The results of a dataset, in the working tree or at a revision: a commit, tag, branch or experiment of DVC."""
    return current_repository().load(key, rev)


def compare(base: str | None = None, head: str | None = None, keys: Sequence[str] = ()) -> Comparison:
    """What differs between two revisions. Without `keys`, all datasets are compared.

    Without `head`, it is the working tree. Without `base`, it is the last commit in common with the main branch.
    """
    return current_repository().compare(base, head, keys)
