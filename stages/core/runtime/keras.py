"""Starts TensorFlow so that neither the machine's cores nor its newest instructions show in the result."""

import os
import platform
import sys
import tempfile
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager

# What XLA would otherwise choose by the processor.
XLA = ("--xla_cpu_max_isa=AVX2", "--xla_cpu_enable_platform_dependent_math=false", "--xla_cpu_use_xnnpack=false")
# Whoever calls may have told TensorFlow, oneDNN or XLA how to compute; that must not show in the result either.
SETTINGS = ("DNNL_", "KERAS_", "ONEDNN_", "TF_", "XLA_")
# Keras and TensorFlow load these when they find them, for features that no stage uses: a third of the start.
UNUSED = ("IPython", "jax", "matplotlib", "pandas", "pydot", "scipy", "sklearn", "torch")


def pinned_settings() -> dict[str, str]:
    """What keeps newer instructions out of the results, wherever there are older ones to keep to.

    TensorFlow computes with oneDNN where the processor has AVX-512 for neural networks, and with Eigen elsewhere,
    unless it is told.
    """
    if platform.machine() != "x86_64":
        return {}
    return {"ONEDNN_MAX_CPU_ISA": "AVX2", "TF_ENABLE_ONEDNN_OPTS": "1", "XLA_FLAGS": " ".join(XLA)}


def start_keras(threads: int) -> None:
    """Fixed threads, fixed instruction set, deterministic kernels, no settings from the user's home or environment."""
    _settle(os.environ)
    with _greetings_unheard(), _as_if_absent(UNUSED):
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.config.experimental.enable_op_determinism()
        # Each seed and each split has its own compiled loop; TensorFlow takes that for a mistake.
        tf.get_logger().setLevel("ERROR")
        import keras

        keras.config.set_floatx("float32")
        keras.config.set_image_data_format("channels_last")


def _settle(environment: MutableMapping[str, str]) -> None:
    for name in [name for name in environment if name.startswith(SETTINGS)]:
        del environment[name]
    environment.update({"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"} | pinned_settings())


@contextmanager
def _as_if_absent(names: Sequence[str]) -> Iterator[None]:
    """What is not loaded yet cannot be, until the end of the block."""
    hidden = {name: None for name in names if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextmanager
def _greetings_unheard() -> Iterator[None]:
    """TensorFlow's C++ greets on standard error, deaf to its own log level; it is heard only if the import fails."""
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield
        except BaseException:
            said.seek(0)
            os.write(terminal, said.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
