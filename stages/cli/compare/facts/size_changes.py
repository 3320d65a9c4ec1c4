"""Numbers without a better direction that differ: rows of each split, parameters of the model, bytes."""

from collections.abc import Mapping

from stages.cli.compare.comparison import SizeChange
from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION, Fitted
from stages.core.artefacts.records.training import TrainingRecord

ROWS, PARAMETERS, MODEL_BYTES = "rows of {}", "model parameters", "bytes of model.keras"


def size_changes(base: Mapping[str, int], head: Mapping[str, int]) -> list[SizeChange]:
    return [
        SizeChange(name=name, base=base.get(name), head=head.get(name))
        for name in dict.fromkeys([*head, *base])
        if base.get(name) != head.get(name)
    ]


def split_sizes(fitted: Fitted) -> dict[str, int]:
    return {ROWS.format(split): fitted.splits[split] for split in (TRAIN, VALIDATION, TEST) if split in fitted.splits}


def model_sizes(training: TrainingRecord, model_bytes: int) -> dict[str, int]:
    return {PARAMETERS: training.parameters, MODEL_BYTES: model_bytes}
