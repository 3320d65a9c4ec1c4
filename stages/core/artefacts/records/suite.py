"""data/guard/suite.json: which datasets the suite has, in their order."""

from stages.core.artefacts.records.record import Record


class DatasetTitle(Record):
    key: str
    title: str


class SuiteRecord(Record):
    suite: str
    datasets: list[DatasetTitle]
