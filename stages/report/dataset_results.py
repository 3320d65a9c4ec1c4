"""Everything a dataset's chain made, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw import RawData
from stages.report.params import Report
from stages.report.read_results import Predictions, Record


@dataclass(frozen=True)
class Chain:
    key: str
    report: Report
    raw: RawData
    processed: ProcessedData
    training: Record
    history: Mapping[str, list[float]]
    metrics: Record
    predictions: Predictions
    validation: Record
    parameters: Mapping[str, Any]
