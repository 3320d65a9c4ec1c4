"""The index page after a run that did not finish, or that was of some datasets.

It is no output of a stage: its bytes differ from the recorded page, so that `summary` is stale and the next complete
run writes that one.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from stages.core import paths
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.record import read_record
from stages.core.artefacts.records.suite_datasets import read_suite
from stages.core.errors import UserError, format_examples
from stages.core.files.atomic_write import write_text
from stages.report.suite.index_page import Unfinished, index_page


def write_unfinished_index(
    failed: Mapping[str, Sequence[str]], stale: Mapping[str, Sequence[str]], finished: bool = False
) -> None:
    """`failed` and `stale` are the stages of each dataset. Raises UserError without the guard's list of datasets.

    `finished` says that the run was of some datasets, and finished.
    """
    datasets = read_suite().datasets
    keys = [dataset.key for dataset in datasets]
    evaluations = dict(_evaluations(keys))
    pages = [key for key in keys if paths.dataset_page(key).is_file()]
    unfinished = Unfinished(
        failed={key: f"Failed: {format_examples(failed[key])}." for key in keys if failed.get(key)},
        old={
            key: f"Old results: {format_examples(stale[key])} did not run since a change."
            for key in keys
            if stale.get(key) and not failed.get(key) and (key in evaluations or key in pages)
        },
        pages=pages,
        finished=finished,
    )
    write_text(paths.INDEX, index_page(datasets, evaluations, unfinished))


def _evaluations(keys: Sequence[str]) -> Iterator[tuple[str, EvaluationRecord]]:
    """A record can be damaged in a run that failed."""
    for key in keys:
        with suppress(UserError):
            yield key, read_record(EvaluationRecord, paths.evaluation(key), "evaluate", key)
