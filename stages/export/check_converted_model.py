"""Whether LiteRT can run a converted model: some operations are refused only then."""

import numpy as np

from stages.core.artefacts.processed import Fitted
from stages.core.errors import UserError
from stages.export.not_convertible import NotConvertibleError
from stages.inference.litert.litert_model import litert_runner


def check_converted_model(content: bytes, fitted: Fitted) -> None:
    """Run one row and, if the model takes several, three rows of zeros. Raises NotConvertibleError."""
    try:
        run_model, batch = litert_runner(content, fitted)
        for rows in {1, min(3, batch)}:
            outputs = run_model(
                {
                    name: np.zeros((rows, *spec.shape), np.int32 if spec.id_count else np.float32)
                    for name, spec in fitted.inputs.items()
                }
            )
            for name, values in outputs.items():
                if values.ndim != 2 or len(values) != rows:
                    raise NotConvertibleError(f"the output {name} has the shape {values.shape} for {rows} rows")
    except (RuntimeError, ValueError, UserError) as error:
        raise NotConvertibleError(f"LiteRT cannot run the converted model: {error}") from None
