"""The outputs of a running stage: written beside their targets, and published together."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from stages.core.files.atomic_write import (
    json_text,
    move_into_place,
    remove,
    temporary_path,
    write_beside,
    write_temporary_text,
)


class StageOutputs:
    """What a stage writes. Nothing appears at its target before `publish`.

    `check` runs before outputs are published and raises to refuse them.
    """

    def __init__(self, check: Callable[[], None] = lambda: None) -> None:
        self._check = check
        self._unpublished: dict[Path, None] = {}

    @contextmanager
    def folder(self, target: Path) -> Iterator[Path]:
        """Yield a temporary folder to fill; `publish` puts it at `target`."""
        with write_beside(target) as folder:
            folder.mkdir()
            yield folder
        self._unpublished[target] = None

    def write_text(self, target: Path, text: str) -> None:
        write_temporary_text(target, text)
        self._unpublished[target] = None

    def write_json(self, target: Path, content: Mapping[str, object]) -> None:
        self.write_text(target, json_text(content))

    def publish(self) -> None:
        """Move all outputs into place, in the order in which they were written."""
        self._check()
        for target in list(self._unpublished):
            move_into_place(target)
            del self._unpublished[target]

    def discard(self) -> None:
        """Remove all outputs that were not published."""
        for target in self._unpublished:
            remove(temporary_path(target))
        self._unpublished.clear()


@contextmanager
def published_outputs(check: Callable[[], None] = lambda: None) -> Iterator[StageOutputs]:
    """Yield the outputs to write; publish them if the block succeeds and the check passes, otherwise discard them."""
    outputs = StageOutputs(check)
    try:
        yield outputs
        outputs.publish()
    finally:
        outputs.discard()
