"""Which engine trains a model: `plain` TensorFlow, or `fused`, which compiles a whole epoch with XLA."""

from stages.core.artefacts.processed import TRAIN, Fitted
from stages.core.errors import UserError
from stages.train.params import Cnn, Engine, Rnn, Train

# An XLA compilation takes one to five seconds, so short trainings are faster without it. Recurrent layers gain more
# from every batch (a millisecond or two), since each of their steps is many small operations.
MIN_BATCHES_TO_FUSE = 4_000
MIN_RECURRENT_BATCHES_TO_FUSE = 800


def choose_engine(params: Train, fitted: Fitted) -> Engine:
    """Return `params.engine`, or the faster engine where it is not given.

    Raises a UserError if `fused` is given and cannot train this model.
    """
    # XLA has no products of sparse rows and no reproducible pooling, and its convolutions are slow.
    obstacle = "convolutions" if any(isinstance(layers, Cnn) for layers in params.hidden_layers) else ""
    if texts := [name for name, spec in fitted.inputs.items() if spec.multi_hot]:
        obstacle = f"on the words of {', '.join(texts)}"
    if obstacle and params.engine == "fused":
        raise UserError(f"train.engine: fused cannot train {obstacle}; use plain or remove the key")
    if params.engine:
        return params.engine
    batches = params.epochs * params.batches_per_epoch(fitted.splits[TRAIN])
    recurrent = any(isinstance(layers, Rnn) for layers in params.hidden_layers)
    enough = MIN_RECURRENT_BATCHES_TO_FUSE if recurrent else MIN_BATCHES_TO_FUSE
    return "plain" if obstacle or batches < enough else "fused"
