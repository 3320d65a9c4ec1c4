"""Checks that parameters and processed data fit together, made before Keras is imported."""

from stages.core.artefacts.processed import VALIDATION, ProcessedData
from stages.core.errors import UserError
from stages.train.model.check_input_shapes import check_input_shapes
from stages.train.model.check_layer_names import check_layer_names
from stages.train.model.losses import check_losses, losses_by_target
from stages.train.params import Loss, Train


def check_training(params: Train, processed: ProcessedData) -> dict[str, Loss]:
    """Return the loss of each target. Raises a UserError where parameters and data do not fit."""
    fitted = processed.fitted
    check_layer_names(fitted)
    losses = losses_by_target(params, fitted.targets)
    check_losses(params, fitted.targets, losses)
    _check_refit(params, processed)
    _check_monitor(params, processed)
    check_input_shapes(params.model, fitted.inputs)
    return losses


def _check_refit(params: Train, processed: ProcessedData) -> None:
    if not params.refit:
        return
    if not processed.has_split(VALIDATION):
        raise UserError("train.refit: there is no validation split to add to the training rows; remove the key")
    if processed.fitted.window:
        # A window across the border would have rows of both splits.
        raise UserError("train.refit: windows of the training and validation splits cannot be joined; remove the key")


def _check_monitor(params: Train, processed: ProcessedData) -> None:
    if params.monitor.startswith("val_") and not processed.has_split(VALIDATION):
        raise UserError(
            f"train.monitor: received {params.monitor}, but there is no validation split; "
            f"use monitor: {params.monitor.removeprefix('val_')} or set preprocess.split.validation"
        )
