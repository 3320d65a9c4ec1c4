"""The model of `--model`: a kind with usual sizes, or a function of one's own in conf/models."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stages.cli.new.conf_text.default_models import VARIANTS
from stages.config.checks.own_model_sources import check_build_function, imported_files
from stages.core.errors import UserError, suggest
from stages.core.paths import MODEL_FILES
from stages.train.params.model_params import Own
from stages.train.params.own_function_names import FUNCTION_PATTERN


@dataclass(frozen=True)
class ChosenModel:
    """`section` is what conf/ has in `train.model`. `name` is for the key and title of a dataset."""

    name: str
    section: Mapping[str, Any]


def choose_model(model: str) -> ChosenModel:
    """Raise UserError if there is no such kind, or if the file or function of one's own cannot be used."""
    if ".py" in model:
        return _own_model(model)
    if model not in VARIANTS:
        own = "a function in conf/models is written as mine.py:build"
        raise UserError(f"--model: no model {model!r}; {suggest(model, list(VARIANTS))}; {own}")
    return ChosenModel(model, {"kind": model, **VARIANTS[model]})


def model_files(section: Mapping[str, Any] | None) -> Sequence[Path]:
    """The files of conf/models that the section names."""
    if section is None or section["kind"] != "own":
        return []
    return [MODEL_FILES / name for name in (section["build"].partition(":")[0], *section.get("files", []))]


def _own_model(model: str) -> ChosenModel:
    """The files that it imports are listed in `files`."""
    path, _, function = model.partition(":")
    folder, name = Path(path).parent, Path(path).name
    build = f"{name}:{function}"
    if not re.fullmatch(FUNCTION_PATTERN, build):
        raise UserError(f"--model: received {model!r}; write a file of conf/models and a function, as in mine.py:build")
    if folder != Path() and folder.resolve() != MODEL_FILES.resolve():
        raise UserError(f"--model: {path} is not in {MODEL_FILES}; copy it there and write {build}")
    files = imported_files(MODEL_FILES, name)
    section: dict[str, Any] = {"kind": "own", "build": build} | ({"files": files} if files else {})
    check_build_function(Own.model_validate(section), MODEL_FILES)
    return ChosenModel(name.removesuffix(".py").lower(), section)
