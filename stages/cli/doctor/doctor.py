"""`restage doctor`: runs all checks and prints a line for each."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from stages.cli.doctor.checks import (
    cache_and_remote_checks,
    environment_checks,
    file_system_checks,
    generated_file_checks,
    git_checks,
    leftover_checks,
    processor_checks,
    record_checks,
)
from stages.cli.doctor.finding import Finding, Level, problem, warning
from stages.core.errors import UserError

# In this order: `repairs` comes before the checks that read what it repairs, and before the advice to commit it.
CHECKS: Mapping[str, Callable[[], Finding]] = {
    "Python": environment_checks.python,
    "environment": environment_checks.virtual_environment,
    "packages": environment_checks.packages,
    "byte code": environment_checks.byte_code,
    "writing byte code": environment_checks.byte_code_writing,
    "code": environment_checks.code_of_this_clone,
    "cores": processor_checks.cores,
    "threads": processor_checks.threads,
    "instructions": processor_checks.instructions,
    "instructions of models": processor_checks.trained_instructions,
    "processor caches": processor_checks.processor_caches,
    "disk": file_system_checks.disk_room,
    "number of files": file_system_checks.inodes,
    "folders": file_system_checks.writable_folders,
    "clock": file_system_checks.clock,
    "letter case": file_system_checks.letter_case,
    "DVC locks": leftover_checks.dvc_locks,
    "repairs": record_checks.repairs,
    "paths in use": record_checks.paths_in_use,
    "dvc.lock": record_checks.lock_file,
    "unknown stages": record_checks.unknown_stages,
    "stages never run": record_checks.stages_never_run,
    "Git": git_checks.git_repository,
    "committed": git_checks.uncommitted,
    "tracked outputs": git_checks.tracked_outputs,
    "large files": git_checks.large_files,
    "history": git_checks.history,
    "merge driver": git_checks.merge_driver,
    "merge attributes": git_checks.merge_attributes,
    "killed stages": leftover_checks.killed_stages,
    "incomplete files": leftover_checks.incomplete_files,
    "temporary folders": leftover_checks.temporary_folders,
    "quarantine": leftover_checks.quarantined_files,
    "parameters": generated_file_checks.parameters,
    "locked requirements": generated_file_checks.stage_requirements,
    "accepted profiles": generated_file_checks.accepted_profiles,
    "DVC configuration": cache_and_remote_checks.configuration,
    "cache": cache_and_remote_checks.cache,
    "link type": cache_and_remote_checks.link_type,
    "secrets": cache_and_remote_checks.committed_secrets,
    "remotes": cache_and_remote_checks.remotes,
    "verification of remotes": cache_and_remote_checks.remote_verification,
    "access to remotes": cache_and_remote_checks.remote_access,
}
PIPELINE = Path("dvc.yaml")


def doctor(as_json: bool, debug: bool) -> None:
    """Print the findings, as lines or as JSON; exit with 1 if one is a problem."""
    findings: dict[str, Finding] = {}
    for name, finding in run_checks(debug):
        findings[name] = finding
        if not as_json:
            print(_line(name, finding), flush=True)
    count = Counter(finding.level for finding in findings.values())
    if as_json:
        print(json.dumps(_document(findings, count), indent=2))
    else:
        print(f"{count[Level.PROBLEM]} problems, {count[Level.WARNING]} warnings, {count[Level.OK]} ok")
    sys.exit(1 if count[Level.PROBLEM] else 0)


def run_checks(debug: bool = False) -> Iterator[tuple[str, Finding]]:
    """The name and the finding of each check. Outside a repository there is nothing else to check."""
    if not PIPELINE.is_file():
        solution = f"go to the root of the repository, or `git checkout {PIPELINE}`"
        yield "folder", problem(f"{PIPELINE}: not found", solution)
        return
    for name, check in CHECKS.items():
        yield name, _run(check, debug)


def _run(check: Callable[[], Finding], debug: bool) -> Finding:
    """A check that cannot be made must not hide the others. What it needs has a check of its own, which says why."""
    try:
        return check()
    except ModuleNotFoundError as error:
        return warning(f"not checked: {error.name} is not installed", "see packages")
    except UserError as error:
        return warning(f"not checked: {'; '.join(error.messages)}", "")
    except OSError as error:
        return problem(f"not checked: {error}", "make it readable")
    except Exception as error:
        if debug:
            raise
        message = f"not checked: {type(error).__name__}: {error}"
        return problem(message, "`restage doctor --debug` shows where it failed")


def _line(name: str, finding: Finding) -> str:
    text = "; ".join(filter(None, (finding.found, finding.solution)))
    return f"{finding.level:<8} {name}: {' '.join(text.split())}"


def _document(findings: Mapping[str, Finding], count: Mapping[Level, int]) -> dict[str, object]:
    checks = [{"check": name, **finding._asdict()} for name, finding in findings.items()]
    return {"checks": checks, "problems": count[Level.PROBLEM], "warnings": count[Level.WARNING]}
