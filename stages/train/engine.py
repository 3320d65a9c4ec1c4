"""Which engine trains: plain TensorFlow, or with the arithmetic of a whole epoch compiled too (XLA)."""

from stages.core.errors import Mistake
from stages.core.processed import TRAIN, Fitted
from stages.train.params import Branches, Cnn, Engine, Train

# A compilation takes one to three seconds; a training of fewer batches is over before that has paid.
WORTH_COMPILING = 4_000


def engine_of(params: Train, fitted: Fitted) -> Engine:
    """As conf/ has it, or what fits: XLA is slow at convolutions, and cannot multiply the rows of texts."""
    texts = [name for name, spec in fitted.inputs.items() if spec.multi_hot]
    if texts and params.engine == "fused":
        raise Mistake(f"train.engine: fused cannot train on the words of {', '.join(texts)}; use plain or leave it out")
    if params.engine is not None:
        return params.engine
    batches = params.epochs * -(-fitted.splits[TRAIN] // params.batch)
    slow = bool(texts) or any(isinstance(body, Cnn) for body in _bodies(params)) or batches < WORTH_COMPILING
    return "plain" if slow else "fused"


def _bodies(params: Train) -> list[object]:
    return [*params.model.inputs.values()] if isinstance(params.model, Branches) else [params.model]
