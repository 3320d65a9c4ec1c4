import subprocess
import sys

import pytest

from stages.core.artefacts.raw.raw_data import split_sizes
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.core.parameters.validation_errors import type_adapter
from stages.download.load_source import load_source
from stages.download.params import Download

POINTS = {"train": {"x": [1, 2], "y": [3, 4]}, "test": {"x": [5], "y": [6]}}
SOURCES = {
    **{name: {"source": "sklearn", "name": name} for name in ("iris", "breast_cancer", "wine", "diabetes", "digits")},
    "google_stock": {"source": "matplotlib", "name": "goog"},
    "stocks": {"source": "matplotlib", "name": "stocks"},
    "two_tables": {"source": "formula", "formula": "two_tables", "rows": 100},
    "points": {"source": "formula", "formula": "points", "splits": POINTS},
    "sequence": {"source": "formula", "formula": "count", "rows": 20},
    "line": {"source": "formula", "formula": "line", "slope": 1.0, "intercept": 6.0, "splits": {"train": [0, 1]}},
}


def load(name):
    return load_source(type_adapter(Download).validate_python(SOURCES[name]))


@pytest.mark.parametrize("name", SOURCES)
def test_the_written_bytes_do_not_depend_on_the_path(name, tmp_path):
    first, second = tmp_path / "first" / name, tmp_path / "elsewhere" / "second"
    write_raw(load(name), first)
    write_raw(load(name), second)
    contents, again = ({f.name: f.read_bytes() for f in folder.iterdir()} for folder in (first, second))
    assert contents == again
    assert split_sizes(read_raw(first)) == split_sizes(load(name))


def test_a_source_loads_only_its_own_libraries():
    """One source after another in a process of its own. test_loaded_libraries runs whole stages."""
    libraries = {"sklearn", "matplotlib", "requests", "tensorflow", "great_expectations", "hydra"}
    code = f"""
import sys
from stages.core.parameters.validation_errors import type_adapter
from stages.download.load_source import load_source
from stages.download.params import Download
for params in {[SOURCES[name] for name in ("line", "google_stock", "iris")]}:
    load_source(type_adapter(Download).validate_python(params))
    print(*sorted({libraries} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["", "matplotlib", "matplotlib sklearn"]
