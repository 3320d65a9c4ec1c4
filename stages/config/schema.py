"""All parameters together: what each stage declares, put under its name."""

from typing import Any

from pydantic import Field, field_validator

from stages.core.errors import Mistake
from stages.core.params import Params
from stages.core.paths import check_key
from stages.download.params import Download
from stages.evaluate.params import Evaluate
from stages.preprocess.params import Preprocess
from stages.report.params import Report
from stages.train.params import Train
from stages.validate.params import Validate


class Dataset(Params):
    """One dataset's chain."""

    download: Download
    validate_: Validate = Field(alias="validate", default=Validate())
    preprocess: Preprocess
    train: Train
    evaluate: Evaluate
    report: Report


class Suite(Params):
    """params.yaml."""

    datasets: dict[str, Dataset] = Field(min_length=1)

    @field_validator("datasets", mode="before")
    @classmethod
    def _keys(cls, datasets: Any) -> Any:
        """Keys enter command lines and paths, so they are held to a small alphabet."""
        try:
            for key in datasets:
                check_key(str(key))
        except Mistake as mistake:
            raise ValueError(str(mistake)) from None
        return datasets
