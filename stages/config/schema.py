"""All parameters together: what each stage declares, put under its name."""

from typing import Annotated

from pydantic import AfterValidator, Field

from stages.core.params import Params, TextPattern
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
    """params.yaml. The suite's name is part of a path."""

    suite: Annotated[str, AfterValidator(TextPattern(r"[a-z0-9_]+", "a name of lower-case letters, digits and _ only"))]
    datasets: dict[str, Dataset] = Field(min_length=1)


SECTIONS = tuple(field.alias or name for name, field in Dataset.model_fields.items())
