"""The errors in all files of conf/tune, for `restage compose`. No stage reads these files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stages.cli.tune.ranges.check_ranges import checked_ranges
from stages.cli.tune.ranges.read_ranges import RANGES, read_ranges
from stages.core.errors import ErrorList, suggest
from stages.core.paths import CONF


def find_range_errors(datasets: Mapping[str, Mapping[str, Any]], folder: Path = RANGES) -> list[str]:
    """A message for each error. `datasets` has the composed parameters of the suite.

    The ranges of a dataset that is not in the suite are checked when it is: only then its parameters are known.
    """
    errors = ErrorList()
    for file in sorted(folder.glob("*.yaml")):
        with errors.collect():
            if file.stem in datasets:
                checked_ranges(read_ranges(file), file.stem, datasets[file.stem])
            else:
                known = sorted(each.stem for each in (CONF / "dataset").glob("*.yaml"))
                errors.check(file.stem in known, f"{file}: no dataset {file.stem!r}; {suggest(file.stem, known)}")
    return errors.messages
