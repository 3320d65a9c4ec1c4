"""The text of the comment, from the files that `.ci/step` has written."""

from pathlib import Path
from typing import NamedTuple

from pull_request_comment.comment_service import MARKER

FOLDER = Path(".cache/pull_request")
COMPARISON = "comparison.md"
# In the order in which they run, with what a person would type.
STEPS = {
    "run": "restage run",
    "status": "dvc status",
    "compare": "restage compare",
    "check": "restage check",
}
# Whether the files in git are those that the run wrote. It does not fail the job.
RECORDED = "recorded"
LAST_LINES = 40
MAX_LENGTH = 65_000  # characters; GitHub takes 65,536 in a comment
MAX_OUTPUT = 10_000  # characters of what one step printed
TOO_LONG = "\n\n... The rest is in the log of the job.\n"
FOLD_END = "\n\n</details>"


class Build(NamedTuple):
    """`commit`: of the pull request; `base`: what it is compared with; `log`: the job's address. Each may be empty."""

    commit: str
    base: str
    log: str


def comment_text(folder: Path, build: Build) -> str:
    """Markdown that begins with the marker."""
    # The comparison comes last: if the text is too long, its end is left out.
    sections = [headline(folder), failure(folder), check_output(folder), not_recorded(folder), comparison(folder)]
    body = "\n\n".join(section for section in sections if section)
    return f"{MARKER}\n{shorten(body, MAX_LENGTH - 500)}\n\n{footer(build)}\n"


def headline(folder: Path) -> str:
    failed = failed_step(folder)
    if failed:
        return f"### :x: `{STEPS[failed]}` failed"
    missing = [command for step, command in STEPS.items() if status(folder, step) is None]
    if missing:
        return f"### :x: `{missing[0]}` did not run to its end"
    return "### :white_check_mark: All checks passed"


def failure(folder: Path) -> str:
    """The end of the output of a failed step; that of `check` is shown anyway."""
    failed = failed_step(folder)
    if failed in (None, "check"):
        return ""
    end = last_lines(output(folder, failed))
    return f"```\n{end}\n```" if end else "It printed nothing."


def not_recorded(folder: Path) -> str:
    if status(folder, RECORDED) in (None, 0):
        return ""
    summary = "Files in git are not what this job wrote: run <code>restage run</code> and commit its results"
    return details(summary, output(folder, RECORDED))


def comparison(folder: Path) -> str:
    if status(folder, "compare") != 0:
        return ""
    return (folder / COMPARISON).read_text(encoding="utf-8").strip()


def check_output(folder: Path) -> str:
    text = output(folder, "check")
    if not text:
        return ""
    return details("restage check", text, opened=bool(status(folder, "check")))


def details(summary: str, text: str, opened: bool = False) -> str:
    """The text as it is, folded unless opened."""
    return f"<details{' open' * opened}><summary>{summary}</summary>\n\n```\n{shorten(text, MAX_OUTPUT)}\n```{FOLD_END}"


def footer(build: Build) -> str:
    commit = f"Commit {build.commit[:10]}" if build.commit else "Working tree"
    compared = f", compared with {build.base[:10]}" if build.base else ""
    log = f" [Log]({build.log})" if build.log else ""
    return f"<sub>{commit}{compared}.{log}</sub>"


def failed_step(folder: Path) -> str | None:
    return next((step for step in STEPS if status(folder, step)), None)


def status(folder: Path, step: str) -> int | None:
    """The exit status; None if the step did not end."""
    file = folder / f"{step}.status"
    return int(file.read_text(encoding="utf-8")) if file.exists() else None


def output(folder: Path, step: str) -> str:
    """What the step printed, if it ran; it can end no block of code in Markdown."""
    file = folder / f"{step}.txt"
    text = file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
    return text.replace("```", "'''").strip()


def last_lines(text: str) -> str:
    return "\n".join(text.splitlines()[-LAST_LINES:])[-MAX_OUTPUT:]


def shorten(text: str, length: int) -> str:
    """Whole lines of the text, and a sentence if some are left out. What is folded ends before it."""
    if len(text) <= length:
        return text
    lines = text[: length - len(FOLD_END) - len(TOO_LONG)].rpartition("\n")[0]
    return lines + FOLD_END * (lines.count("<details") - lines.count("</details>")) + TOO_LONG
