"""The memory that a run may use, compared with what its datasets ask for. DVC is not imported."""

from collections.abc import Mapping
from typing import Any

from stages.core.bounded_memory.memory_size import format_memory, parse_memory
from stages.core.errors import UserError, format_examples


def memory_limit(option: int | None, memory: object) -> int | None:
    """In bytes; `memory` is that of params.yaml, which the option of the command replaces.

    >>> memory_limit(None, "8GB"), memory_limit(5, "8GB"), memory_limit(None, None)
    (8000000000, 5, None)
    """
    return option or (parse_memory(memory) if memory else None)


def check_memory(limit: int | None, datasets: Mapping[str, Any]) -> None:
    """Raises UserError that names the datasets that ask for more than all may use."""
    asked = {key: (sections.get("resources") or {}).get("memory") for key, sections in datasets.items()}
    sizes = {key: parse_memory(size) for key, size in asked.items() if size}
    large = [f"{key} ({format_memory(size)})" for key, size in sizes.items() if limit is not None and size > limit]
    if limit is not None and large:
        raise UserError(
            f"--memory {format_memory(limit)} is less than what resources.memory asks for: {format_examples(large)}; "
            "raise it, or lower theirs in conf/dataset"
        )
