"""One file of parameters for each dataset, so that no stage depends on another dataset's parameters."""

from collections.abc import Mapping
from typing import Any

from stages.config.schema import SECTIONS
from stages.core import paths
from stages.core.runtime.atomic_write import write_json
from stages.core.runtime.stage_outputs import StageOutputs


def write_dataset_params(datasets: Mapping[str, Mapping[str, Any]], outputs: StageOutputs) -> None:
    """Write data/guard/params/<key>.json for every dataset, with all sections.

    A section that conf/ leaves out is written as an empty one: DVC refuses a parameter that does not exist.
    """
    with outputs.folder(paths.DATASET_PARAMS) as folder:
        for key, sections in datasets.items():
            write_json(folder / paths.dataset_params(key).name, {name: sections.get(name, {}) for name in SECTIONS})
