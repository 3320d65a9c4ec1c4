"""Parameters of the optional stage `export`."""

from pydantic import Field

from stages.core.parameters.params import Params


class Export(Params):
    """`rows` is the number of held-out rows that the folder keeps, with the model's answers, for its self-check.

    Rows of a dataset with private columns are never kept.
    """

    rows: int = Field(default=5, ge=1, le=1000)
