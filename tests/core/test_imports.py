"""Heavy libraries are imported only where they are used: TensorFlow takes seconds, Great Expectations too."""

import subprocess
import sys

HEAVY = {"tensorflow", "keras", "great_expectations", "hydra", "sklearn", "matplotlib", "scipy", "pandas", "pyarrow"}
ALLOWED: dict[str, set[str]] = {
    "stages.download.__main__": {"pandas", "pyarrow"},
    "stages.validate.__main__": {"pandas", "pyarrow"},
    "stages.preprocess.__main__": set(),
    "stages.train.__main__": set(),
    "stages.evaluate.__main__": set(),
    "stages.report.__main__": set(),
    "stages.report.summary_stage": set(),
    "stages.guard.__main__": {"hydra"},
    "stages.cli.app": set(),
    "stages.inference.read.read_rows": set(),
    "stages.inference.write.write_predictions": set(),
}


def test_an_entry_imports_only_what_it_needs_at_its_start() -> None:
    """Each entry is imported in a fork of its own; what all of them import is loaded before."""
    script = f"""if True:
        import importlib, os, sys
        import stages.core.run_stage.stage
        for entry in {list(ALLOWED)}:
            if os.fork() == 0:
                importlib.import_module(entry)
                print(entry, *{HEAVY} & set(sys.modules), flush=True)
                os._exit(0)
            os.wait()
        """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    imported = {entry: set(heavy) for entry, *heavy in map(str.split, done.stdout.splitlines())}
    assert imported.keys() == ALLOWED.keys(), done.stderr
    assert {entry: heavy for entry, heavy in imported.items() if not heavy <= ALLOWED[entry]} == {}


def test_images_are_preprocessed_without_pandas_and_arrow() -> None:
    """With splits of their own; scikit-learn, which draws splits, loads pandas itself."""
    script = f"""if True:
        import sys
        import numpy as np
        from stages.core.parameters.validation_errors import type_adapter
        from stages.core.artefacts.raw.raw_data import Images
        from stages.preprocess.params import Preprocess
        from stages.preprocess.preprocess_data import preprocess
        pictures, classes = np.ones((4, 2, 2), np.uint8), np.array([0, 1, 0, 1])
        raw = Images({{s: pictures for s in ("train", "test")}}, {{s: classes for s in ("train", "test")}}, ["a", "b"])
        given = {{"labels": "one_hot", "steps": [{{"step": "divide", "by": 255}}], "split": {{"test": "given"}}}}
        params = type_adapter(Preprocess).validate_python(given)
        print(preprocess(raw, params).sample_count("train"), *{HEAVY} & set(sys.modules))
        """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "4\n"
