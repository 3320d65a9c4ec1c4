import subprocess
import sys

import pytest

from stages.core.artefacts.raw import read_raw, split_sizes, write_raw
from stages.core.validation_errors import type_adapter
from stages.download.params import Download
from stages.download.sources import obtain

POINTS = {"train": {"x": [1, 2], "y": [3, 4]}, "test": {"x": [5], "y": [6]}}
CARRIED = {
    **{name: {"source": "sklearn", "name": name} for name in ("iris", "breast_cancer", "wine", "diabetes", "digits")},
    "google_stock": {"source": "matplotlib", "name": "goog"},
    "stocks": {"source": "matplotlib", "name": "stocks"},
    "two_tables": {"source": "formula", "formula": "two_tables", "rows": 100},
    "points": {"source": "formula", "formula": "points", "splits": POINTS},
    "sequence": {"source": "formula", "formula": "count", "rows": 20},
    "line": {"source": "formula", "formula": "line", "slope": 1.0, "intercept": 6.0, "splits": {"train": [0, 1]}},
}


def obtained(key):
    return obtain(type_adapter(Download).validate_python(CARRIED[key]))


def contents(folder):
    return {f.name: f.read_bytes() for f in folder.iterdir()}


@pytest.mark.parametrize("key", CARRIED)
def test_every_source_is_written_in_the_same_bytes_wherever_and_read_back(key, tmp_path):
    one, other = tmp_path / "one" / key, tmp_path / "elsewhere" / "two"
    write_raw(obtained(key), one)
    write_raw(obtained(key), other)
    assert contents(one) == contents(other)
    assert split_sizes(read_raw(one)) == split_sizes(obtained(key))


@pytest.mark.parametrize(
    ("key", "absent"),
    [("line", "sklearn matplotlib requests"), ("google_stock", "sklearn requests"), ("iris", "matplotlib requests")],
)
def test_a_source_loads_no_library_but_its_own(key, absent):
    code = f"""
import sys
from stages.core.validation_errors import type_adapter
from stages.download.params import Download
from stages.download.sources import obtain
obtain(type_adapter(Download).validate_python({CARRIED[key]!r}))
print(*[m for m in {(absent + " tensorflow great_expectations hydra").split()!r} if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
