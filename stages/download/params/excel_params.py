"""Parameters of a sheet of an Excel workbook."""

from typing import Literal, Self

from pydantic import Field, model_validator

from stages.core.parameters.params import Params
from stages.download.params.text_params import ColumnTypes


class Excel(Params):
    """A sheet of an .xlsx or .xlsm workbook. It needs the extra excel (`make setup EXTRAS=excel`).

    `sheet` is required if the workbook has several sheets. The first `skip_lines` rows and rows without a value are
    ignored. `names` is required for a sheet without a row of names, and only then.

    The values of a column must be of one kind: numbers, texts, truth values or dates. `missing` lists texts and errors,
    such as `#N/A`, for missing values. `types` says `number` or `text` for a column: its texts are read as numbers, or
    all its values as text.
    """

    format: Literal["excel"]
    sheet: str | None = Field(default=None, min_length=1)
    header: bool = True
    names: list[str] | None = Field(default=None, min_length=1)
    skip_lines: int = Field(default=0, ge=0)
    missing: list[str] = [""]
    types: ColumnTypes = {}

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        if not self.header and not self.names:
            raise ValueError("header is false, so names must list the columns")
        if self.header and self.names:
            raise ValueError("names are for a sheet without a row of names; set header: false, or leave names out")
        return self
