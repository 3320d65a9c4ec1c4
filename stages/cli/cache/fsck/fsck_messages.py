"""What `restage fsck` prints: for each object that is not intact, who needs it and what was done."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from stages.cli.cache.commits_and_work_trees import WORK_TREE
from stages.cli.cache.fsck.findings import Finding, Problem
from stages.cli.cache.needed_objects import NeededObject
from stages.cli.cache.recorded_output_files import Output
from stages.core.dvc.storage.cache import FOLDER_SUFFIX
from stages.core.dvc.storage.quarantine import QUARANTINE
from stages.core.errors import format_examples

# The object that lists the files of a folder has no path of its own.
_LIST = "list of files"


class _Line(NamedTuple):
    """Files of one output with the same result are in one line. `places` are the records that need it."""

    problem: str
    output: str
    stage: str
    places: tuple[str, ...]
    result: str


class FsckMessages:
    """`needed` says who needs each object, `places` where each output is recorded."""

    def __init__(self, needed: Mapping[str, Sequence[NeededObject]], places: Mapping[Output, Sequence[str]]) -> None:
        self._needed = needed
        self._places = places

    def lines(self, results: Sequence[tuple[Finding, str]]) -> Iterator[str]:
        files: dict[_Line, list[str]] = {}
        for finding, result in results:
            problem = f"{finding.problem.value} in {finding.side.store.name}"
            if finding.name not in self._needed:
                yield f"{problem}: object {finding.name}, which no record needs: {result}"
            for (output, stage, file), places in self._needed_by(finding.name).items():
                files.setdefault(_Line(problem, output, stage, tuple(places), result), []).append(file)
        for line, names in files.items():
            # Every damaged file is named; what is missing may be all that a branch needs.
            shown = format_examples(names) if line.problem.startswith(Problem.MISSING.value) else ", ".join(names)
            of_folder = f" ({shown})" if any(names) else ""
            needed_by = f"{line.stage}, needed by {format_examples(line.places)}"
            yield f"{line.problem}: {line.output}{of_folder}: {needed_by}: {line.result}"

    def without_intact_copy(self, finding: Finding, moved: bool) -> str:
        where = f"no intact copy; moved to {QUARANTINE}" if moved else "no intact copy"
        if finding.name not in self._needed:
            return where
        outputs = [needed.output for needed in self._needed[finding.name]]
        if present := [output for output in outputs if WORK_TREE in self._places[output]]:
            return f"{where}; {_how_to_make(present[0])}"
        return f"{where}; {_how_to_make(outputs[0])} after `git checkout` of a commit that needs it"

    def _needed_by(self, name: str) -> dict[tuple[str, str, str], list[str]]:
        """The places of each output, stage and file: records of several versions of the output in one."""
        found: dict[tuple[str, str, str], list[str]] = {}
        for output, file in self._needed.get(name, ()):
            shown = file or (_LIST if output.md5.endswith(FOLDER_SUFFIX) else "")
            places = found.setdefault((output.path, output.stage, shown), [])
            places += [place for place in self._places[output] if place not in places]
        return found


def _how_to_make(output: Output) -> str:
    if output.stage.endswith(".dvc"):
        return f"`dvc update {output.stage}` if it was imported, else `dvc add` it again"
    return "`restage run` makes it again"


def copies_line(files: Sequence[Path], repair: bool) -> str:
    done = "moved away and checked out again where the object is intact" if repair else "would be checked out again"
    return f"damaged in {WORK_TREE}: {format_examples(files)}: {done}"
