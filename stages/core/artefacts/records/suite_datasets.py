"""data/guard/suite.json: which datasets the suite has, in their order."""

from pydantic import ValidationError

from stages.core import paths
from stages.core.artefacts.records.record import Record
from stages.core.errors import UserError


class DatasetTitle(Record):
    key: str
    title: str


class SuiteRecord(Record):
    suite: str
    datasets: list[DatasetTitle]


def read_suite() -> SuiteRecord:
    """The suite as the guard wrote it. Raises UserError if the file is missing or damaged."""
    try:
        return SuiteRecord.model_validate_json(paths.SUITE.read_bytes())
    except FileNotFoundError:
        raise UserError(f"{paths.SUITE}: not found; run `dvc repro guard`") from None
    except ValidationError as error:
        raise UserError(f"{paths.SUITE}: damaged ({error.errors()[0]['msg']}); run `dvc repro --force guard`") from None
