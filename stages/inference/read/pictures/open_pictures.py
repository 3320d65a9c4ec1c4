"""Where the pictures are whose paths are values of a table."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from stages.core.errors import UserError, prefix_errors
from stages.inference.input_schema import InputSchema
from stages.inference.read.files.named_files import FolderFiles, NamedFiles
from stages.inference.read.files.zip_files import ZipFiles, open_zip


@contextmanager
def open_pictures(folder: Path | None, schema: InputSchema) -> Iterator[NamedFiles | None]:
    """The files of a folder or zip; None if there is no column of pictures, or no folder."""
    if folder is None or all(column.type != "picture" for column in schema.columns):
        yield None
    elif folder.is_dir():
        yield FolderFiles(folder)
    else:
        with ExitStack() as stack:
            with prefix_errors(str(folder)):
                if not folder.is_file():
                    raise UserError("no such folder or zip; the paths of pictures are relative to it")
                files = ZipFiles(stack.enter_context(open_zip(folder)))
            yield files
