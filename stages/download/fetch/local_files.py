"""Files that lie here, and what every verified file becomes, wherever it came from."""

from collections.abc import Mapping
from pathlib import Path
from typing import assert_never

from stages.core.artefacts.raw import RawData
from stages.core.errors import ErrorList, UserError
from stages.download.array_files import Found, cifar, idx, newswires, npz
from stages.download.fetch.checksums import Verified, check_sha256, collected
from stages.download.params import Cifar, Csv, File, Http, Idx, LocalFile, Newswires, Npz, Parquet
from stages.download.table_files import table


def local(files: Mapping[str, LocalFile]) -> dict[str, list[Verified]]:
    errors, found = ErrorList(), {}
    for name, file in files.items():
        with collected(errors, file.path):
            found[name] = [_present(file)]
    errors.raise_if_any()
    return found


def _present(file: LocalFile) -> Verified:
    path = Path(file.path)
    try:
        check_sha256(path, file.sha256)
    except FileNotFoundError:
        raise UserError(f"not here; looked for {path.absolute()}") from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}") from None
    return Verified(path, file.path, file.sha256, file)


def read(params: File | Http, found: Found) -> RawData:
    match params.format:
        case Csv() | Parquet() as form:
            return table(params, form, found)
        case Npz() as form:
            return npz(params, form, found)
        case Idx() as form:
            return idx(params, form, found)
        case Cifar() as form:
            return cifar(params, form, found)
        case Newswires() as form:
            return newswires(params, form, found)
        case _:
            assert_never(params.format)
