"""The Keras model of an exported folder, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stages.core.runtime.keras import pinned_settings
from tests.inference.keras_model.test_load_predictor import FITTED
from tests.inference.linear_model import linear_model

LOAD = """
import json, os, sys
from pathlib import Path
import numpy as np
from stages.core.artefacts.processed import Fitted
from stages.inference.keras_model.load_exported_model import load_exported_model

fitted = Fitted.model_validate_json(sys.argv[2])
run, batch = load_exported_model(Path(sys.argv[1]), "model.keras", "own_code", fitted, 3)
outputs = run({"x": np.array([[1.0], [2.0]], np.float32)})
import tensorflow as tf
threads = tf.config.threading.get_intra_op_parallelism_threads()
print(json.dumps([batch, outputs["y"].tolist(), threads, dict(os.environ)]))
"""


def test_keras_starts_with_the_settings_of_the_stages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them, results depend on the processor's instructions, and TensorFlow writes to standard error."""
    for name in [*pinned_settings(), "TF_CPP_MIN_LOG_LEVEL"]:
        monkeypatch.delenv(name, raising=False)
    linear_model(2, 1).save(tmp_path / "model.keras")
    command = [sys.executable, "-c", LOAD, str(tmp_path), FITTED.model_dump_json()]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    batch, outputs, threads, environment = json.loads(done.stdout)
    assert (batch, outputs, threads, done.stderr) == (256, [[3.0], [5.0]], 3, "")
    assert environment.items() >= pinned_settings().items()
