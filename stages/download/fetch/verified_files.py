"""Files whose content was verified by a hash, the only ones that are read."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from stages.core.errors import ErrorList, UserError, prefix_errors
from stages.download.fetch.checksums import check_sha256, raise_if_different
from stages.download.formats.archives import extract_member, read_member
from stages.download.formats.pictures.folder_hash import folder_hash, hash_folder
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.params.file_params import Limits, LocalFile, SourceFile


@dataclass(frozen=True)
class VerifiedFile:
    """`name` is the path or address that messages show, `month` the month of the data if there is a file per month.

    `replaces` is the published hash, if a mirror has the content in another archive. `by_checksum_file` says that the
    hash was published in a file beside this one. `sha256_by_path` has the hash of each file if `path` is a folder.
    """

    path: Path
    name: str
    sha256: str
    params: SourceFile
    month: str = ""
    replaces: str | None = None
    by_checksum_file: bool = False
    sha256_by_path: Mapping[str, str] | None = None

    def content(self, limits: Limits) -> OpenFile:
        """A function that opens the file, or the member to read from it."""
        if self.params.member is None:
            return lambda: self.path.open("rb")
        read = partial(read_member, lambda: self.path.open("rb"), self.params.member, limits, self.params.md5)
        return lambda: BytesIO(read())

    def content_in(self, scratch: Path, limits: Limits) -> OpenFile:
        """As `content`, for members of any size: the member is written to a file in `scratch`."""
        if self.params.member is None:
            return lambda: self.path.open("rb")
        with NamedTemporaryFile(dir=scratch, delete=False) as created:
            target = Path(created.name)
        extract_member(lambda: self.path.open("rb"), self.params.member, target, limits, self.params.md5)
        return lambda: target.open("rb")


VerifiedFiles = Mapping[str, Sequence[VerifiedFile]]


def verify_local(files: Mapping[str, LocalFile], folders: bool = False) -> VerifiedFiles:
    """The files after their hashes are checked; with `folders`, a path may be a folder."""
    errors = ErrorList()
    verified = {}
    for name, file in files.items():
        path = Path(file.path)
        with errors.collect(), prefix_errors(file.path), explain_local_errors(path):
            verified[name] = [_verify_folder(path, file) if folders and path.is_dir() else _verify_file(path, file)]
    errors.raise_if_any()
    return verified


def _verify_file(path: Path, file: LocalFile) -> VerifiedFile:
    return VerifiedFile(path, file.path, check_sha256(path, file.sha256), file)


def _verify_folder(path: Path, file: LocalFile) -> VerifiedFile:
    sha256_by_path = hash_folder(path)
    sha256 = folder_hash(sha256_by_path)
    raise_if_different(sha256, file.sha256)
    return VerifiedFile(path, file.path, sha256, file, sha256_by_path=sha256_by_path)


@contextmanager
def explain_local_errors(path: Path) -> Iterator[None]:
    """Turn a file that is absent or cannot be read into a UserError."""
    try:
        yield
    except FileNotFoundError:
        raise UserError(_not_found(path)) from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}") from None


def _not_found(path: Path) -> str:
    tracked = find_tracked(path)
    if tracked is not None:
        return f"not here; `dvc pull {tracked}.dvc` fetches it"
    return f"no such file; looked for {path.absolute()}"


def find_tracked(path: Path) -> Path | None:
    """The file or folder itself, or the folder around it, that `dvc add` tracks; None if DVC does not track it."""
    around = (each for each in (path, *path.parents) if each.name)
    return next((each for each in around if each.with_name(f"{each.name}.dvc").is_file()), None)
