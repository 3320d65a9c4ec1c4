"""What differs between two revisions: all datasets, or some."""

from collections import Counter
from collections.abc import Mapping, Sequence

from stages.cli.compare.compare_dataset import DatasetComparer
from stages.cli.compare.comparison import Comparison, DatasetComparison, RevisionName
from stages.cli.compare.stale_stages import stale_stages
from stages.cli.git import git
from stages.cli.revisions.snapshot import Snapshot
from stages.core import paths
from stages.core.errors import UserError, format_examples, suggest


def compare_revisions(base: Snapshot, head: Snapshot, keys: Sequence[str] = ()) -> Comparison:
    """The datasets of both revisions, or those in `keys`. Raises UserError for a key that neither has."""
    check_known(base, head, keys)
    wanted = [key for key in dict.fromkeys([*head.datasets, *base.datasets]) if not keys or key in keys]
    unknown: list[str] = []
    stale = stale_stages(head, wanted, unknown)
    compared = [DatasetComparer(base, head, key).compare(stale.get(key, [])) for key in wanted]
    datasets, shared = move_shared_reasons(compared)
    return Comparison(
        base=revision_name(base),
        head=revision_name(head),
        datasets=[dataset for dataset in datasets if dataset.state != "unchanged" or dataset.unknown],
        unchanged=[d.key for d in datasets if d.state == "unchanged" and not d.unknown],
        unknown=[*unknown, *shared],
    )


def check_known(base: Snapshot, head: Snapshot, keys: Sequence[str]) -> None:
    known = [*dict.fromkeys([*head.datasets, *base.datasets])]
    for snapshot in (base, head):
        if not snapshot.datasets:
            raise UserError(f"{paths.PARAMS} of {snapshot.name}: missing, or without datasets; name another revision")
    unknown = [key for key in keys if key not in known]
    if unknown:
        raise UserError(
            *(f"no dataset {key!r} in {base.name} or {head.name}; {suggest(key, known)}" for key in unknown)
        )


def revision_name(snapshot: Snapshot) -> RevisionName:
    if snapshot.commit is not None:
        return RevisionName(name=snapshot.name, commit=snapshot.commit)
    changed = git("status", "--porcelain", "--untracked-files=normal").splitlines()
    return RevisionName(name=snapshot.name, commit=None, uncommitted=len(changed))


def move_shared_reasons(compared: Sequence[DatasetComparison]) -> tuple[list[DatasetComparison], list[str]]:
    """A reason that several datasets have is said once, with their names."""
    counts = Counter(reason for dataset in compared for reason in dataset.unknown)
    shared: Mapping[str, list[str]] = {
        reason: [dataset.key for dataset in compared if reason in dataset.unknown]
        for reason, count in counts.items()
        if count > 1
    }
    left = [d.model_copy(update={"unknown": [r for r in d.unknown if r not in shared]}) for d in compared]
    return left, [f"{reason}: {format_examples(names)}" for reason, names in shared.items()]
