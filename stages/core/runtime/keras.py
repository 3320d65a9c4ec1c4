"""Starts TensorFlow and Keras so that results depend neither on cores and caches nor on the newest instructions."""

import os
import platform
import sys
import tempfile
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import IO

from stages.core.errors import UserError
from stages.core.runtime.eigen_cache_sizes import set_cache_sizes

# XLA would choose these by the processor.
_XLA_FLAGS = (
    "--xla_cpu_max_isa=AVX2",
    "--xla_cpu_enable_platform_dependent_math=false",
    "--xla_cpu_use_xnnpack=false",
)
# The user's environment may hold settings for these libraries; they must not change results.
_SETTING_PREFIXES = ("DNNL_", "KERAS_", "ONEDNN_", "TF_", "XLA_")
# Keras and TensorFlow import these if they are installed, for features that no stage uses.
# Importing them takes a third of the start.
_UNUSED_LIBRARIES = ("IPython", "jax", "matplotlib", "pandas", "pydot", "scipy", "sklearn", "torch")


def pinned_settings() -> dict[str, str]:
    """Environment variables that keep newer instructions out of the results, on processors that have older ones.

    Without TF_ENABLE_ONEDNN_OPTS TensorFlow computes with oneDNN on processors with AVX-512 for neural networks, and
    with Eigen on others.
    """
    if platform.machine() != "x86_64":
        return {}
    return {"ONEDNN_MAX_CPU_ISA": "AVX2", "TF_ENABLE_ONEDNN_OPTS": "1", "XLA_FLAGS": " ".join(_XLA_FLAGS)}


def start_keras(threads: int) -> None:
    """Import TensorFlow and Keras with fixed threads, instructions and cache sizes, and deterministic kernels."""
    _replace_settings(os.environ)
    with _hide_import_messages(), _hide_libraries(_UNUSED_LIBRARIES):
        import tensorflow as tf

        set_cache_sizes()
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.config.experimental.enable_op_determinism()
        # TensorFlow warns of repeated tracing; here each seed and each split has a compiled loop of its own.
        tf.get_logger().setLevel("ERROR")
        import keras

        keras.config.set_floatx("float32")
        keras.config.set_image_data_format("channels_last")


def _replace_settings(environment: MutableMapping[str, str]) -> None:
    for name in [name for name in environment if name.startswith(_SETTING_PREFIXES)]:
        del environment[name]
    environment.update({"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"} | pinned_settings())


@contextmanager
def _hide_libraries(names: Sequence[str]) -> Iterator[None]:
    """Importing one of these raises ImportError during the block, unless it is imported already."""
    hidden = {name: None for name in names if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextmanager
def _hide_import_messages() -> Iterator[None]:
    """TensorFlow's C++ code prints to stderr at import, whatever its log level; show it only if the import fails."""
    sys.stderr.flush()
    with _temporary_file() as messages:
        stderr = os.dup(2)
        os.dup2(messages.fileno(), 2)
        try:
            yield
        except BaseException:
            messages.seek(0)
            os.write(stderr, messages.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


def _temporary_file() -> IO[bytes]:
    try:
        return tempfile.TemporaryFile()
    except OSError as error:
        raise UserError(f"{error.strerror}; free some space, or set TMPDIR to a folder that can be written") from None
