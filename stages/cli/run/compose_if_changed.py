"""Composes conf/ only if something changed: imports alone take half a second."""

import hashlib
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stages.config.checks.conf_files import check_input_files
from stages.config.dvc_config_secrets import check_secrets
from stages.core.dvc.pipeline_file import read_pipeline, stage_declaration
from stages.core.files.atomic_write import write_text
from stages.core.parameters.read_params import read_params
from stages.core.paths import PARAMS

RECORD = Path(".dvc/tmp/restage/composed.txt")


def compose_if_changed() -> None:
    """Compose and check conf/, unless the last time was with the same files and gave the same params.yaml.

    The files are the dependencies of the guard, which composes too, and whose dependencies are tested for completeness.
    """
    check_secrets()
    check_input_files()
    inputs = _inputs_digest()
    if _is_recorded(inputs):
        return
    RECORD.unlink(missing_ok=True)

    from stages.cli.compose import compose  # imports Hydra

    compose()
    # If a file was edited meanwhile, it is not known which content was composed.
    if _inputs_digest() == inputs:
        write_text(RECORD, _record(inputs))


@dataclass(frozen=True)
class Composed:
    """The parameters, and the content of params.yaml with them."""

    params: dict[str, Any]
    text: bytes


def composed_params() -> dict[str, Any]:
    """What conf/ composes to, checked; nothing is written."""
    return composed().params


def composed() -> Composed:
    """What conf/ composes to, checked, with the text that `restage compose` would write; nothing is written."""
    check_secrets()
    check_input_files()
    if _is_recorded(_inputs_digest()):
        return Composed(read_params(), PARAMS.read_bytes())

    from stages.config.check_parameters import check_parameters
    from stages.config.compose_conf import compose as compose_conf

    composition = compose_conf()
    check_parameters(composition)
    return Composed(composition.params, composition.text.encode())


def _is_recorded(inputs: str) -> bool:
    return RECORD.is_file() and RECORD.read_text(encoding="utf-8") == _record(inputs)


def _record(inputs: str) -> str:
    params = hashlib.sha256(PARAMS.read_bytes()).hexdigest() if PARAMS.is_file() else "missing"
    return f"inputs {inputs}\n{PARAMS} {params}\n"


def _inputs_digest() -> str:
    """Files alone matter: conf/ cannot name anything else, such as an environment variable."""
    digest = hashlib.sha256(f"{_packages_changed_at()}\n".encode())
    for file in _input_files():
        content = file.read_bytes()
        digest.update(f"{file} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _input_files() -> Iterator[Path]:
    for dependency in stage_declaration("guard", read_pipeline(), suite=str).deps:
        if dependency.is_dir():
            yield from sorted(f for f in dependency.rglob("*") if f.is_file() and "__pycache__" not in f.parts)
        elif dependency.is_file() and dependency != PARAMS:
            yield dependency


def _packages_changed_at() -> int:
    """Installing or removing a package changes its folder's time."""
    return Path(sysconfig.get_path("purelib")).stat().st_mtime_ns
