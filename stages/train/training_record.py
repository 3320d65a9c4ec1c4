"""The contents of training.json."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from stages.core.artefacts.records.training import LayerRecord, SeedRecord, TrainingRecord
from stages.core.runtime.keras import pinned_settings
from stages.core.runtime.library_versions import installed_versions
from stages.train.loop.train_seeds import TrainedSeed
from stages.train.params import Loss, Train


def training_record(trained: Sequence[TrainedSeed], params: Train, losses: Mapping[str, Loss]) -> TrainingRecord:
    """Describe the model of the first seed, and list all seeds."""
    kept = trained[0]
    return TrainingRecord(
        best_epoch=kept.result.best_epoch,
        epochs=len(kept.result.history),
        monitor=params.monitor,
        kept="refit" if params.refit else params.keep,
        loss=dict(losses),
        parameters=int(kept.model.count_params()),
        trainable=sum(weight.numpy().size for weight in kept.model.trainable_weights),
        layers=layer_records(kept.model),
        engine=kept.engine,
        threads=params.threads,
        seeds=[SeedRecord(seed=seed.seed, best_epoch=seed.result.best_epoch) for seed in trained],
        pinned=pinned_settings(),
        versions=installed_versions("keras", "numpy", "tensorflow"),
    )


def layer_records(model: keras.Model) -> list[LayerRecord]:
    return [
        LayerRecord(
            name=layer.name,
            kind=type(layer).__name__,
            output=_output_shape(layer),
            parameters=int(layer.count_params()),
        )
        for layer in model.layers
    ]


def _output_shape(layer: Any) -> str:
    output = layer.output
    shape = [tensor.shape for tensor in output] if isinstance(output, list) else tuple(output.shape)
    return re.sub(r"\s+", " ", str(shape))
