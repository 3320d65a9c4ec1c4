"""Starts TensorFlow so that neither the machine's cores nor its newest instructions show in the result."""

import os
import platform
from types import ModuleType


def start(threads: int) -> ModuleType:
    """Keras, ready: fixed threads, fixed instruction set, deterministic kernels, no settings from the user's home."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["KERAS_BACKEND"] = "tensorflow"
    if platform.machine() == "x86_64":
        os.environ["ONEDNN_MAX_CPU_ISA"] = "AVX2"
        os.environ["XLA_FLAGS"] = "--xla_cpu_max_isa=AVX2"
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    import keras

    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    module: ModuleType = keras
    return module
