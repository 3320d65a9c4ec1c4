"""One table in every format of tables becomes the same raw data, with the same options."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from stages.core.artefacts.raw.raw_files import write_raw
from stages.core.parameters.validation_errors import type_adapter
from stages.download.fetch.verified_files import verify_local
from stages.download.load_source import read_files
from stages.download.params import Download
from tests.download.sample_files import make_parquet, sha256

Column = list[Any]
TABLE: dict[str, Column] = {
    "day": ["2020-01-03", "2020-01-02", "2020-01-04"],
    "count": [3, 1, 2],
    "price": [1.5, None, 2.0],
    "town": ["Ulm", "Köln", None],
    "code": ["007", "010", "100"],
    "open": [True, False, True],
    "empty": [None, None, None],
}
OPTIONS: dict[str, dict[str, Any]] = {
    "none": {},
    "columns": {"columns": ["price", "day"]},
    "rename": {"rename": {"price": "cost"}, "private": ["town"]},
    "classes": {"classes": {"count": ["1", "2", "3"]}},
    "time": {"kind": "series", "time": "day", "sort": True},
    "resample": {
        "kind": "series",
        "time": "day",
        "sort": True,
        "columns": ["day", "count", "price", "town", "code"],
        "resample": {"every": "12h", "how": "mean", "gaps": "forward"},
    },
    "resample, gaps missing": {
        "kind": "series",
        "time": "day",
        "sort": True,
        "classes": {"count": ["1", "2", "3"]},
        "resample": {"every": "12h", "how": {"price": "max"}, "gaps": "missing"},
    },
}


def as_csv(table: dict[str, Column]) -> bytes:
    words = {True: "true", False: "false", None: ""}
    rows = zip(*table.values(), strict=True)
    lines = [table, *([words[v] if v is None or isinstance(v, bool) else str(v) for v in row] for row in rows)]
    return "".join(",".join(line) + "\n" for line in lines).encode()


def as_json_lines(table: dict[str, Column]) -> bytes:
    rows = zip(*table.values(), strict=True)
    return "".join(json.dumps(dict(zip(table, row, strict=True))) + "\n" for row in rows).encode()


def as_excel(table: dict[str, Column]) -> bytes:
    content = BytesIO()
    pd.DataFrame(table, dtype=object).to_excel(content, index=False)
    return content.getvalue()


FORMATS: dict[str, Callable[[dict[str, Column]], bytes]] = {
    "csv": as_csv,
    "parquet": make_parquet,
    "jsonl": as_json_lines,
    "excel": as_excel,
}


def raw_bytes(name: str, options: dict[str, Any], folder: Path) -> dict[str, bytes]:
    """The files of the raw data, without the provenance, which has the hash of the file."""
    content = FORMATS[name](TABLE)
    folder.mkdir()
    (folder / "file").write_bytes(content)
    file = {"path": str(folder / "file"), "sha256": sha256(content)}
    params = {"source": "file", "format": {"format": name}, "files": {"all": file}} | options
    source = type_adapter(Download).validate_python(params)
    write_raw(read_files(source, verify_local(source.files)), folder / "raw")
    files = {path.name: path.read_bytes() for path in (folder / "raw").iterdir()}
    meta = json.loads(files.pop("meta.json"))
    del meta["source"]
    return files | {"meta.json": json.dumps(meta).encode()}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("name", ["parquet", "jsonl", pytest.param("excel", marks=pytest.mark.long)])
def test_the_raw_data_are_the_same_bytes(name: str, options: dict[str, Any], tmp_path: Path) -> None:
    assert raw_bytes(name, options, tmp_path / name) == raw_bytes("csv", options, tmp_path / "csv")
