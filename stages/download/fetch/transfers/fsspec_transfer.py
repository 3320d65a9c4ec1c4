"""One attempt to copy from a folder or an object store, through fsspec: s3://, gs://, ssh:// and others."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from stages.core.errors import UserError
from stages.download.fetch.transfers.transfer import (
    CHUNK,
    Result,
    RetryableError,
    TransferLimits,
    call_with_timeout,
    write_chunks,
)

SEPARATOR = "://"
# The extras of pyproject.toml that install the library of a protocol.
EXTRAS = ("s3", "gs", "ssh")
# Small blocks, since each must arrive within the timeout; the default of s3fs is 50 MB.
BLOCK = 1 << 20


def transfer_file(address: str, target: Path, limits: TransferLimits) -> None:
    """Write the file to `target`, whose content is used as the beginning of the file."""
    start = target.stat().st_size
    source = _call(lambda: _open(address, start), address, limits)

    def read_chunk() -> bytes:
        return _call(lambda: source.read(CHUNK), address, limits)

    with source, target.open("ab") as output:
        write_chunks(iter(read_chunk, b""), output, limits, start)


def _open(address: str, start: int) -> BinaryIO:
    if SEPARATOR not in address:
        file = Path(address).expanduser().open("rb")
    else:
        import fsspec  # loads the library of the protocol, such as s3fs

        filesystem, path = fsspec.core.url_to_fs(address)
        file = filesystem.open(path, "rb", block_size=BLOCK)
    file.seek(start)
    return cast("BinaryIO", file)


def _call(function: Callable[[], Result], address: str, limits: TransferLimits) -> Result:
    """Translate exceptions to short messages. The libraries of the protocols have no common base of exceptions."""
    try:
        return call_with_timeout(function, limits.timeout)
    except RetryableError:
        raise
    except ImportError as error:
        protocol = address.partition(SEPARATOR)[0]
        hint = f"; run `make setup EXTRAS={protocol}`" if protocol in EXTRAS else ""
        raise UserError(f"{protocol}:// needs a library that is not installed: {error}{hint}") from None
    except FileNotFoundError:
        raise UserError("no such file") from None
    except (IsADirectoryError, PermissionError) as error:
        raise UserError(f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise UserError(str(error)) from None
    except Exception as error:  # noqa: BLE001
        reason = " ".join(str(error).split())
        raise RetryableError(f"cannot be read: {reason or type(error).__name__}") from None
