"""Parameters of a source that is the result of a query of a database."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from stages.core.errors import format_examples
from stages.core.parameters.params import TextPattern
from stages.download.params.file_params import Sha256, TableOptions
from stages.download.params.sql.sql_query import check_query, names_not_in_order

VARIABLE = TextPattern(
    r"[A-Za-z_][A-Za-z0-9_]*", "the name of an environment variable that has the address, such as SHOP_DB"
)


class Sql(TableOptions):
    """The result of a query of SQLite or PostgreSQL, kept as a snapshot that `sha256` verifies.

    `url_env` names the environment variable with the address: sqlite:///shop.db or postgresql://user@host/name. Only
    download reads it, and only if the snapshot is not in the cache of downloads. The query is one SELECT with ORDER BY.
    `key` names columns of ORDER BY that together tell one row from another; download checks that no two rows have the
    same values in them. The whole result must arrive within `timeout_s` seconds. PostgreSQL needs an extra
    (`make setup EXTRAS=postgres`).
    """

    source: Literal["sql"]
    url_env: Annotated[str, AfterValidator(VARIABLE)]
    query: Annotated[str, AfterValidator(check_query)]
    sha256: Sha256
    key: list[str] = []
    timeout_s: float = Field(default=600.0, gt=0, le=86_400)

    @model_validator(mode="after")
    def _check_key(self) -> Self:
        if missing := names_not_in_order(self.query, self.key):
            raise ValueError(
                f"key names {format_examples(missing)}, which ORDER BY does not; rows that are equal in all columns of "
                "ORDER BY have no order"
            )
        return self
