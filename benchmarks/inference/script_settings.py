"""What a person would write into a script that predicts with the Keras model of a table of numbers."""

from typing import TypedDict

from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE, Fitted
from stages.core.artefacts.records.record import read_record
from stages.core.columns.number_columns import NumberColumns
from stages.core.errors import UserError


class ScriptSettings(TypedDict):
    """The model file, the columns with their scaling, and the classes."""

    model: str
    columns: list[str]
    offset: list[float]
    scale: list[float]
    target: str
    classes: list[str]


def script_settings(key: str) -> ScriptSettings:
    fitted = read_record(Fitted, paths.processed_data(key) / FITTED_FILE, "preprocess", key)
    [(target, spec)] = fitted.targets.items()
    [column] = [spec.column for spec in fitted.inputs.values()]
    if not isinstance(column, NumberColumns) or spec.classes is None or len(column.steps) != 1:
        raise UserError(f"{key}: a table of numbers with one scaling step and a class to predict is expected")
    step = column.steps[0].model_dump()
    return {
        "model": str((paths.model(key) / "model.keras").absolute()),
        "columns": list(column.columns),
        "offset": step["offset"],
        "scale": step["scale"],
        "target": target,
        "classes": spec.classes,
    }
