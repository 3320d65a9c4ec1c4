"""Outputs whose content is known before their stage has run."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stages.core import paths
from stages.core.artefacts.records.record import record_text
from stages.core.artefacts.records.suite_datasets import DatasetTitle, SuiteRecord
from stages.core.files.atomic_write import json_text
from stages.core.own_model.model_files import PACKAGE_FILE, PACKAGE_TEXT
from stages.core.parameters.validation_errors import type_adapter
from stages.guard.guard_stage import accepted_profile_text, refresh_text, source_digest, written_sections
from stages.train.params import Train


def known_outputs(stage: str, params: Mapping[str, Any]) -> dict[str, bytes]:
    """The files that a stage will write, by path, as far as they are known; `params` are those of params.yaml."""
    return {str(path): content for path, content in guard_outputs(params)} if stage == "guard" else {}


def constant_outputs(stage: str) -> list[str]:
    """The outputs that have the same content after each run that succeeds.

    >>> constant_outputs("validate@iris"), constant_outputs("train@iris")
    (['data/valid/iris'], [])
    """
    name, _, key = stage.partition("@")
    return [str(paths.validation_marker(key))] if name == "validate" else []


def guard_outputs(params: Mapping[str, Any]) -> Iterator[tuple[Path, bytes]]:
    """What the guard writes. Raises UserError for a file in conf/ that the guard refuses."""
    titles = []
    for key, sections in params["datasets"].items():
        yield paths.dataset_params(key), json_text(written_sections(sections)).encode()
        yield paths.accepted_profile_copy(key), accepted_profile_text(key).encode()
        yield paths.refresh_record_copy(key), refresh_text(key).encode()
        yield paths.model_file_copies(key) / PACKAGE_FILE, PACKAGE_TEXT.encode()
        for name in type_adapter(Train).validate_python(sections["train"]).model_files:
            yield paths.model_file_copies(key) / name, (paths.MODEL_FILES / name).read_bytes()
        titles.append(
            DatasetTitle(key=key, title=sections["report"]["title"], source=source_digest(sections["download"]))
        )
    yield paths.SUITE, record_text(SuiteRecord(suite=params["suite"], datasets=titles)).encode()
