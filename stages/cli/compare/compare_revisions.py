"""What differs between two revisions: all datasets, or some."""

from collections.abc import Mapping, Sequence
from typing import Any

from stages.cli.compare.compare_dataset import DatasetComparer
from stages.cli.compare.comparison import Comparison, DatasetComparison, RevisionName
from stages.cli.compare.facts.stale_stages import stale_stages
from stages.cli.compare.facts.suite_changes import suite_changes
from stages.cli.dataset_keys import suggest_key
from stages.cli.git import git
from stages.cli.revisions.snapshot import Snapshot
from stages.core import paths
from stages.core.errors import UserError, format_examples

EXPERIMENT_TITLE = "dvc: commit experiment "


def compare_revisions(base: Snapshot, head: Snapshot, keys: Sequence[str] = ()) -> Comparison:
    """The datasets of both revisions, or those in `keys`. Raises UserError for a key that neither has."""
    check_root()
    unknown: list[str] = []
    params = {"base": base.params, "head": current_params(head, unknown)}
    datasets = {side: dict(content.get("datasets") or {}) for side, content in params.items()}
    for snapshot, side in ((base, "base"), (head, "head")):
        if not datasets[side]:
            raise UserError(f"{paths.PARAMS} of {snapshot.name}: missing, or without datasets; name another revision")
    known = [*dict.fromkeys([*datasets["head"], *datasets["base"]])]
    check_known(keys, known, base, head)
    stale = {
        side: stale_stages(snapshot, params[side], [key for key in datasets[side] if not keys or key in keys])
        for snapshot, side in ((base, "base"), (head, "head"))
    }
    compared = [
        DatasetComparer(base, head, key, datasets["base"].get(key), datasets["head"].get(key)).compare(
            stale["base"].get(key, []), stale["head"].get(key, [])
        )
        for key in known
        if not keys or key in keys
    ]
    found, shared = move_shared_reasons(compared)
    return Comparison(
        base=revision_name(base),
        head=revision_name(head),
        datasets=[dataset for dataset in found if dataset.state != "unchanged" or dataset.unknown],
        unchanged=[dataset.key for dataset in found if dataset.state == "unchanged" and not dataset.unknown],
        suites=[] if keys else suite_changes(base, head),
        unknown=[*unknown, *shared],
    )


def check_root() -> None:
    if not paths.PARAMS.is_file() and not paths.CONF.is_dir():
        raise UserError(f"{paths.PARAMS}: missing; run it at the root of the repository")


def current_params(snapshot: Snapshot, unknown: list[str]) -> Mapping[str, Any]:
    """Of the working tree, what conf/ composes to: params.yaml may not be written yet. Of a commit, its params.yaml.

    The reason is added to `unknown` if conf/ does not compose.
    """
    if snapshot.commit is not None or not (paths.CONF / "config.yaml").is_file():
        return snapshot.params
    from stages.cli.run.compose_if_changed import composed_params

    try:
        return composed_params()
    except UserError as error:
        unknown.append(f"conf/ does not compose, so {paths.PARAMS} is compared: {format_examples(error.messages)}")
        return snapshot.params


def check_known(keys: Sequence[str], known: Sequence[str], base: Snapshot, head: Snapshot) -> None:
    unknown = [key for key in keys if key not in known]
    if unknown:
        raise UserError(
            *(f"no dataset {key!r} in {base.name} or {head.name}; {suggest_key(key, known)}" for key in unknown)
        )


def revision_name(snapshot: Snapshot) -> RevisionName:
    if snapshot.commit is not None:
        title = git("log", "-1", "--format=%s", snapshot.commit).strip()
        # DVC's title of an experiment is a hash of 64 digits.
        title = "experiment" if title.startswith(EXPERIMENT_TITLE) else title
        return RevisionName(name=snapshot.name, commit=snapshot.commit, title=title, main_branch=snapshot.main_branch)
    changed = git("status", "--porcelain", "--untracked-files=normal").splitlines()
    return RevisionName(name=snapshot.name, commit=None, uncommitted=len(changed))


def move_shared_reasons(compared: Sequence[DatasetComparison]) -> tuple[list[DatasetComparison], list[str]]:
    """A reason that several datasets have is said once, with what it concerns and their names.

    Such as `predictions of iris, wine: not in DVC's cache`.
    """
    subjects: dict[str, list[str]] = {}
    keys: dict[str, list[str]] = {}
    for dataset in compared:
        for text in dataset.unknown:
            subject, _, reason = text.partition(": ")
            subjects.setdefault(reason, []).extend(subject.split(", "))
            keys.setdefault(reason, []).append(dataset.key)
    shared = {reason for reason, of in keys.items() if len(of) > 1}
    left = [
        d.model_copy(update={"unknown": [text for text in d.unknown if text.partition(": ")[2] not in shared]})
        for d in compared
    ]
    return left, [
        f"{', '.join(dict.fromkeys(subjects[reason]))} of {format_examples(keys[reason])}: {reason}"
        for reason in keys
        if reason in shared
    ]
