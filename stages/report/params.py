"""Parameters of the report stage."""

from pydantic import Field

from stages.core.parameters.params import Params


class Report(Params):
    """The title and the text of a page, and how many samples and predictions it shows."""

    title: str = Field(min_length=1)
    about: str = ""
    samples: int = Field(default=8, ge=1, le=100)
    predictions: int = Field(default=8, ge=1, le=100)
