"""Checks of the record: dvc.lock, DVC's list of paths in use, and the stages in both. One repairs, and says so."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stages.cli.doctor.checks.leftover_checks import dvc_is_running, is_running
from stages.cli.doctor.finding import Finding, ok, problem, problem_if_refused, warning
from stages.core.errors import UserError, format_examples
from stages.core.paths import CONF

LOCK = Path("dvc.lock")
RWLOCK = Path(".dvc/tmp/rwlock")
RUN = "`restage run`"


def repairs() -> Finding:
    """The only changes that `restage doctor` makes: to files that a killed DVC left in a state that DVC refuses.

    A DVC that is running may be writing them just now.
    """
    found = [str(file) for file, corrupt in ((RWLOCK, _is_corrupt_list()), (LOCK, _is_cut_off())) if corrupt]
    if not found:
        return ok("nothing to repair")
    left = f"left corrupt by a killed DVC: {', '.join(found)}"
    if dvc_is_running():
        return problem(f"{left}; DVC is running", "wait until it has ended, then `restage doctor`")
    from stages.core.dvc.dvc_errors import dvc_errors
    from stages.core.dvc.repository import Repository

    try:
        with dvc_errors():
            done = Repository().repair()
    except (OSError, UserError) as error:
        return problem(f"{left}; cannot be repaired ({error})", f"{RUN} repairs it when this is solved")
    return warning("; ".join(done), RUN)


def _is_cut_off() -> bool:
    from stages.core.dvc.lock_file.lock_file import has_conflict_markers
    from stages.core.dvc.lock_file.lock_repair import is_complete

    if not LOCK.is_file() or has_conflict_markers(LOCK):
        return False
    return not is_complete(LOCK.read_text(encoding="utf-8", errors="replace"))


def _is_corrupt_list() -> bool:
    try:
        json.loads(RWLOCK.read_bytes() if RWLOCK.is_file() else "{}")
    except ValueError:
        return True
    return False


def lock_file() -> Finding:
    """dvc.lock is complete and without the conflicts of a merge."""
    from stages.core.dvc.lock_file.lock_file import check_merged

    if not LOCK.is_file():
        return warning(f"no {LOCK}: nothing has run here", RUN)
    if _is_cut_off():
        return problem("empty or cut off", "see repairs")
    return problem_if_refused(lambda: check_merged(LOCK), "complete")


def paths_in_use() -> Finding:
    """DVC's list names no process that has ended."""
    if not RWLOCK.is_file():
        return ok("none")
    if _is_corrupt_list():
        return problem(f"{RWLOCK}: not JSON", "see repairs")
    try:
        entries = _entries(json.loads(RWLOCK.read_bytes()))
    except (AttributeError, KeyError, TypeError, ValueError):
        return problem(f"{RWLOCK}: not what DVC writes", f"`rm {RWLOCK}` while no DVC is running")
    ended = {pid: command for pid, command in entries.items() if not is_running(pid)}
    if ended:
        examples = format_examples(f"{command} (process {pid})" for pid, command in ended.items())
        return warning(f"held by processes that have ended: {examples}", f"{RUN}: DVC drops them")
    return ok(f"{len(entries)} processes use paths" if entries else "none")


def _entries(content: Mapping[str, Any]) -> dict[int, str]:
    """The processes that are listed, with their commands; a path has one writer and several readers."""
    readers = [entry for entries in content.get("read", {}).values() for entry in entries]
    writers = [entry for entry in content.get("write", {}).values() if entry]
    return {int(entry["pid"]): str(entry["cmd"]) for entry in [*writers, *readers]}


def unknown_stages() -> Finding:
    """Entries of dvc.lock whose stage is not in dvc.yaml, or whose dataset is not in conf/."""
    recorded, stages, keys = _recorded_stages(), _stages_of_pipeline(), _datasets()
    unknown = []
    for entry in recorded:
        stage, _, key = entry.partition("@")
        known = key in keys or (CONF / "dataset" / f"{key}.yaml").is_file()
        if stage not in stages or bool(key) != stages[stage] or (key and not known):
            unknown.append(entry)
    if unknown:
        return warning(f"dvc.lock has stages that no longer exist: {format_examples(unknown)}", "remove their entries")
    return ok("dvc.lock has none")


def stages_never_run() -> Finding:
    from stages.core.dvc.pipeline_file import read_pipeline, stages_of_dataset
    from stages.core.parameters.read_params import read_params

    recorded, params, pipeline = _recorded_stages(), read_params(), read_pipeline()
    expected = [stage for stage, of_datasets in _stages_of_pipeline().items() if not of_datasets]
    expected += [f"{stage}@{key}" for key in params["datasets"] for stage in stages_of_dataset(key, pipeline, params)]
    missing = [name for name in expected if name not in recorded]
    if missing:
        return warning(f"{len(missing)} of {len(expected)} stages never ran: {format_examples(missing)}", RUN)
    return ok(f"none of {len(expected)}")


def _recorded_stages() -> list[str]:
    from stages.core.dvc.lock_file.lock_entries import LockText

    try:
        return list(LockText.parse(LOCK.read_text(encoding="utf-8") if LOCK.is_file() else "").entries)
    except ValueError as error:
        raise UserError(f"{LOCK}: {error}") from None


def _stages_of_pipeline() -> dict[str, bool]:
    """Whether each stage of dvc.yaml runs for every dataset."""
    from stages.core.dvc.pipeline_file import read_pipeline

    return {name: isinstance(section, dict) and "foreach" in section for name, section in read_pipeline().items()}


def _datasets() -> list[str]:
    from stages.core.parameters.read_params import read_params

    return list(read_params()["datasets"])
