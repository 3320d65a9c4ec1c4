"""What a page is called and how much it shows."""

from pydantic import Field

from stages.core.params import Params


class Report(Params):
    title: str = Field(min_length=1)
    about: str = ""
    samples: int = Field(default=8, ge=1, le=100)
    predictions: int = Field(default=8, ge=1, le=100)
