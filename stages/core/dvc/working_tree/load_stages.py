"""Loads some of the stages of dvc.yaml, with what they need of params.yaml and dvc.lock.

DVC parses all of dvc.lock and makes all stages, which takes seconds for hundreds of datasets.
"""

import json
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from dvc.dvcfile import LOCK_FILE, load_file
from dvc.parsing import DataResolver
from dvc.repo import Repo
from dvc.schema import COMPILED_LOCKFILE_SCHEMA
from dvc.utils.serialize import parse_yaml

from stages.core.dvc.lock_file.lock_entries import HEADER
from stages.core.dvc.pipeline_file import PIPELINE
from stages.core.dvc.working_tree.unchanged_stages import DeclaringValues
from stages.core.paths import PARAMS


class SomeStages:
    """`values` are what dvc.yaml takes from params.yaml."""

    def __init__(self, repo: Repo, values: DeclaringValues) -> None:
        self._repo = repo
        self._values = values
        self._contents: dict[str, Any] | None = None

    def load(self, names: Collection[str], entries: Mapping[str, str]) -> dict[str, Any]:
        """DVC's stages by their names, with their `entries` in dvc.lock as far as it has them."""
        pipeline = load_file(self._repo, str(PIPELINE.resolve()))
        if self._contents is not None:
            pipeline.contents = self._contents  # parsed before
        self._contents = pipeline.contents
        keys = {key for name in names if (key := name.partition("@")[2])}
        pipeline.resolver = resolver(self._repo, self._contents, self._values.for_keys(keys))
        text = "".join(entries[name] for name in names if name in entries)
        pipeline.lockfile_contents = _parsed(text) if text else {}
        return {name: pipeline.stages[name] for name in names}


def _parsed(entries: str) -> dict[str, Any]:
    content: dict[str, Any] = COMPILED_LOCKFILE_SCHEMA(parse_yaml(HEADER + entries, LOCK_FILE))
    return content


def resolver(repo: Repo, pipeline: Mapping[str, Any], params: Mapping[str, Any]) -> DataResolver:
    """Of dvc.yaml with these parameters. DVC reads them from a file that is named params.yaml, and JSON is YAML."""
    with tempfile.TemporaryDirectory(prefix="restage-params-") as folder:
        Path(folder, PARAMS).write_text(json.dumps(params), encoding="utf-8")
        return DataResolver(repo, folder, pipeline)
