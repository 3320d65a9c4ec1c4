"""The contents of training.json and of the history."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from stages.core.artefacts.processed import TRAIN, ProcessedData
from stages.core.artefacts.records.training import (
    FoldRecord,
    LayerRecord,
    SeedRecord,
    StreamedSamples,
    TrainingRecord,
)
from stages.core.rounding import round_significant
from stages.core.runtime.keras import pinned_settings
from stages.core.runtime.library_versions import installed_versions
from stages.train.class_weights import class_weights
from stages.train.loop.streaming.data_size import is_streamed, shuffle_sizes
from stages.train.loop.training_loop import TrainedSeed, TrainingResult
from stages.train.params import Train


def training_record(
    trained: Sequence[TrainedSeed], params: Train, processed: ProcessedData, folds: Sequence[TrainingResult] = ()
) -> TrainingRecord:
    """Describe the model of the first seed, and list all seeds and the folds of the backtest."""
    kept, fitted = trained[0], processed.fitted
    return TrainingRecord(
        best_epoch=kept.result.best_epoch,
        epochs=len(kept.result.history),
        monitor=params.monitor,
        kept="refit" if params.refit else params.keep,
        loss=dict(params.losses(fitted.targets)),
        quantiles=params.quantiles,
        loss_weights=params.loss_weights,
        class_weights=class_weights(params, processed),
        parameters=int(kept.model.count_params()),
        trainable=sum(weight.numpy().size for weight in kept.model.trainable_weights),
        layers=layer_records(kept.model),
        engine=kept.engine,
        streamed=_streamed_samples(params, processed),
        threads=params.threads,
        seeds=[SeedRecord(seed=seed.seed, best_epoch=seed.result.best_epoch) for seed in trained],
        folds=[
            FoldRecord(fold=fold, epochs=len(result.history), best_epoch=result.best_epoch)
            for fold, result in enumerate(folds, 1)
        ],
        pinned=pinned_settings(),
        versions=installed_versions("keras", "numpy", "tensorflow"),
    )


def _streamed_samples(params: Train, processed: ProcessedData) -> StreamedSamples | None:
    if not is_streamed(processed):
        return None
    sizes = shuffle_sizes(processed, TRAIN, params.batch)
    return StreamedSamples(window=sizes.window, block=sizes.block)


def layer_records(model: keras.Model) -> list[LayerRecord]:
    records = []
    for layer in model.layers:
        text = re.sub(r"\s+", " ", _output_shape(layer))
        kind, parameters = type(layer).__name__, int(layer.count_params())
        records.append(LayerRecord(name=layer.name, kind=kind, output=text, parameters=parameters))
    return records


def _output_shape(layer: Any) -> str:
    output = layer.output
    if isinstance(output, list | tuple | dict):
        return str([tensor.shape for tensor in keras.tree.flatten(output)])
    return str(tuple(output.shape))


def history_csv(history: Sequence[Mapping[str, float]]) -> str:
    """Return one row for each epoch: the loss, then the metrics, then the same for the validation split.

    >>> print(history_csv([{"accuracy": 0.5, "loss": 1.0}]), end="")
    epoch,loss,accuracy
    1,1.0,0.5
    """

    def column_order(name: str) -> tuple[bool, bool, bool, str]:
        metric = name.removeprefix("val_")
        return name != metric, metric != "loss", not metric.endswith("loss"), metric

    names = sorted(history[0], key=column_order)
    rows = [[str(epoch), *(str(round_significant(row[n], 7)) for n in names)] for epoch, row in enumerate(history, 1)]
    return "\n".join(",".join(row) for row in [["epoch", *names], *rows]) + "\n"
