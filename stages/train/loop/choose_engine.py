"""Which engine trains: plain TensorFlow, or with the arithmetic of a whole epoch compiled too (XLA)."""

from stages.core.artefacts.processed import TRAIN, Fitted
from stages.core.errors import UserError
from stages.train.params import Branches, Cnn, Engine, Rnn, Train

# A compilation takes one to five seconds; a training of fewer batches is over before that has paid. Recurrent layers
# win a millisecond or two with every batch, since all their steps are little operations.
WORTH_COMPILING = 4_000
WORTH_COMPILING_STEPS = 800


def engine_of(params: Train, fitted: Fitted) -> Engine:
    """As conf/ has it, or what fits."""
    hindrance = _hindrance(params, fitted)
    if hindrance and params.engine == "fused":
        raise UserError(f"train.engine: fused cannot train {hindrance}; use plain or leave it out")
    batches = params.epochs * -(-fitted.splits[TRAIN] // params.batch)
    recurrent = any(isinstance(body, Rnn) for body in _bodies(params))
    worth = WORTH_COMPILING_STEPS if recurrent else WORTH_COMPILING
    fitting: Engine = "plain" if hindrance or batches < worth else "fused"
    return params.engine or fitting


def _hindrance(params: Train, fitted: Fitted) -> str | None:
    """XLA has no products of sparse rows, no reproducible pooling, and is slow at convolutions."""
    texts = [name for name, spec in fitted.inputs.items() if spec.multi_hot]
    if texts:
        return f"on the words of {', '.join(texts)}"
    return "convolutions" if any(isinstance(body, Cnn) for body in _bodies(params)) else None


def _bodies(params: Train) -> list[object]:
    return [*params.model.inputs.values()] if isinstance(params.model, Branches) else [params.model]
