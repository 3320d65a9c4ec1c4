"""Changes of conf/ that stay only if conf/ composes with them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from stages.cli.compose import compose
from stages.core.files.atomic_write import remove, write_text


@contextmanager
def composed_changes(files: Sequence[Path]) -> Iterator[None]:
    """Compose after the block, which changes these files. They get their old content back if anything fails."""
    # Decoded from the bytes, so that line ends stay.
    before = {file: file.read_bytes().decode() if file.is_file() else None for file in files}
    try:
        yield
        compose()
    except BaseException:
        for file, text in before.items():
            if text is None:
                remove(file)
            else:
                write_text(file, text)
        raise
