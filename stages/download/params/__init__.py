"""The parameters of the download stage: `Download` is the type of a dataset's section `download`."""

from typing import Annotated, Any

from pydantic import Field

from stages.download.params.builtin_params import Formula, Matplotlib, Sklearn
from stages.download.params.file_params import File, Http

Source = Sklearn | Matplotlib | Formula | File | Http
Download: Any = Annotated[Source, Field(discriminator="source")]
