"""Everything a dataset's chain made, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stages.core.processed import Processed
from stages.core.raw import Raw
from stages.report.params import Report
from stages.report.records import Predictions, Record


@dataclass(frozen=True)
class Chain:
    key: str
    report: Report
    raw: Raw
    processed: Processed
    training: Record
    history: Mapping[str, list[float]]
    metrics: Record
    predictions: Predictions
    validation: Record
    parameters: Mapping[str, Any]
