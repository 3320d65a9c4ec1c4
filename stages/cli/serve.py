"""`restage serve`: the model of the last run, or that of an exported folder, behind HTTP."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from stages.core.errors import UserError
from stages.core.paths import check_key
from stages.inference.model_card import card_texts
from stages.inference.model_folder import OpenedModel, open_model_folder
from stages.inference.serve.options import ServeOptions


def serve(model: str, options: ServeOptions) -> None:
    """Answer requests until a signal stops the process. `model` is a dataset, or an exported folder."""
    options.check()
    try:
        from stages.inference.serve.create_app import create_app
        from stages.inference.serve.run_server import check_address, run_server
    except ModuleNotFoundError as error:
        raise UserError(f"{error.name} is not installed; `make setup EXTRAS=serve` installs it") from None
    # An export takes seconds.
    check_address(options)
    opened = open_model(model)
    run_server(create_app(opened.schema, opened.predictor, options, card_texts(opened.card)), options)


def open_model(model: str) -> OpenedModel:
    """The model of an exported folder, or of the last run of a dataset, which is exported to a temporary folder."""
    if Path(model).is_dir():
        return open_model_folder(Path(model))
    key = check_key(model)
    with TemporaryDirectory(prefix="restage-serve-") as parent:
        folder = Path(parent) / key
        export_in_other_process(key, folder)
        return open_model_folder(folder)


def export_in_other_process(key: str, folder: Path) -> None:
    """TensorFlow stays out of this process, which would need five times the memory with it."""
    print(f"restage: serve: converting the model of {key}", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "stages.cli", "export", key, str(folder)]
    if code := subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode:
        raise SystemExit(code)
