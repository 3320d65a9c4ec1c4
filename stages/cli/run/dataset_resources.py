"""What the parameters of a dataset ask for, for its chain and for each of its trials."""

from collections.abc import Mapping
from typing import Any

from stages.cli.run.execution.executor import Resources
from stages.cli.run.plan import Chain
from stages.core.bounded_memory.memory_size import parse_memory


def chain_resources(datasets: Mapping[str, Any], chain: Chain) -> Resources:
    """A chain of no dataset has the name of its stage."""
    return dataset_resources(datasets.get(chain.name, {}))


def dataset_resources(sections: Mapping[str, Any]) -> Resources:
    asked = sections.get("resources") or {}
    return Resources(
        threads=int(sections.get("train", {}).get("threads", 1)),
        memory_bytes=parse_memory(asked["memory"]) if asked.get("memory") else None,
        gpus=int(asked.get("gpus", 0)),
    )
