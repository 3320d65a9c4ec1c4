"""The rows of a new dataset that is a query of a database, and what conf says of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from stages.cli.new.read.column_totals import ColumnTotals
from stages.cli.new.read.new_files import NewData
from stages.cli.new.read.sampled_rows import sample_rows
from stages.core.artefacts.raw.raw_data import ALL
from stages.core.errors import UserError
from stages.core.parameters.validation_errors import parameter_errors
from stages.download.databases.load_sql import snapshot_rows
from stages.download.databases.snapshots import snapshot_hash
from stages.download.fetch.download_files import cache_folder
from stages.download.params.sql.sql_params import Sql
from stages.download.params.sql.sql_query import first_table, names_not_in_order

if TYPE_CHECKING:
    import pandas as pd

OPTIONS = {"query": "--sql", "url_env": "--url-env"}
UNKNOWN_HASH = "0" * 64


@dataclass(frozen=True)
class NewQuery:
    """`url_env` is the environment variable that has the address of the database."""

    text: str
    url_env: str

    @property
    def table(self) -> str:
        """The first table of the query, which gives the dataset its name; empty without one."""
        try:
            return first_table(self.text) or ""
        except ValueError:  # a query that `read_query` refuses
            return ""


def read_query(query: NewQuery, is_series: bool) -> NewData:
    """What the query gives now. Its snapshot stays in the cache of downloads, where the download stage finds it."""
    cache = cache_folder()
    source = _validate(query)
    sha256 = snapshot_hash(source, cache)
    with TemporaryDirectory() as scratch:
        rows = snapshot_rows(cache / sha256, source, Path(scratch))
        totals: dict[str, ColumnTotals] = {}
        frame = sample_rows(rows, totals, consecutive=is_series)
    source = source.model_copy(update={"sha256": sha256, "key": find_key(query.text, frame)})
    return NewData({}, None, {ALL: frame}, query=source, totals=totals, row_counts={ALL: rows.count})


def find_key(query: str, frame: "pd.DataFrame") -> list[str]:
    """The columns of ORDER BY, if no two rows have the same values in them; empty otherwise."""
    names = list(map(str, frame.columns))
    unordered = names_not_in_order(query, names)
    ordered = [name for name in names if name not in unordered]
    return ordered if ordered and not frame.duplicated(ordered).any() else []


def query_entries(source: Sql) -> Iterator[tuple[str, Any]]:
    """The keys of section `download`."""
    yield from {"source": "sql", "url_env": source.url_env, "query": source.query}.items()
    if source.key:
        yield "key", source.key
    yield "sha256", source.sha256


def _validate(query: NewQuery) -> Sql:
    try:
        return Sql(source="sql", query=query.text, url_env=query.url_env, sha256=UNKNOWN_HASH)
    except ValidationError as error:
        errors = parameter_errors(Sql, error)
        raise UserError(*(f"{OPTIONS[str(each.keys[0])]}: {each.text}" for each in errors)) from None
