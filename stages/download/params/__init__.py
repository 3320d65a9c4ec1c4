"""The parameters of the download stage: `Download` is the type of a dataset's section `download`."""

from typing import Annotated, Any

from pydantic import Field

from stages.download.params.builtin_params import (
    Formula,
    Line,
    Matplotlib,
    Points,
    Sklearn,
    Statsmodels,
    TwoTables,
)
from stages.download.params.dvc_params import Dvc
from stages.download.params.file_params import File, Http, TableOptions
from stages.download.params.sql.sql_params import Sql

FileSource = File | Http | Dvc
Source = Sklearn | Matplotlib | Statsmodels | Formula | FileSource | Sql
Download: Any = Annotated[Source, Field(discriminator="source")]


def gives_table(source: Source) -> bool:
    """Whether the source gives a table, whose rows have no order. A series has one; images and texts are no table."""
    if isinstance(source, TableOptions):
        return source.array_format is None and source.kind == "table"
    return isinstance(source, Sklearn | Points | Line | TwoTables)


def picture_columns(source: Source) -> list[str]:
    """The columns of pictures by the names that they have after `rename`."""
    return (
        [source.rename.get(name, name) for name in source.picture_columns] if isinstance(source, TableOptions) else []
    )


def resampled_columns(source: Source) -> dict[str, str]:
    """The columns that `resample.how` names, each with the name that it has after `rename`."""
    if not isinstance(source, TableOptions | Matplotlib | Statsmodels) or source.resample is None:
        return {}
    rename = source.rename if isinstance(source, TableOptions) else {}
    return {name: rename.get(name, name) for name in source.resample.named_columns}


def private_columns(source: Source) -> list[str]:
    """The columns of which no value may be shown."""
    return source.private_columns if isinstance(source, TableOptions) else []
