"""What a chain reads besides data: code and configuration, as an archive that is small enough to travel with it."""

import io
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stages.cli.git import git
from stages.core.errors import ErrorList, UserError, format_examples

# Read by `restage` and DVC themselves.
FIXED = (".dvc/config", ".dvc/.gitignore", ".dvcignore", ".gitignore", "dvc.yaml", "stages", "requirements.lock")
MAX_ARCHIVE_BYTES = 64 * 2**20


@dataclass(frozen=True)
class DataSource:
    """An own file or folder that `download` reads. `tracked` is the path that has a .dvc file; None if git has it."""

    path: str
    tracked: str | None


def code_archive(read: Iterable[str], with_changes: bool) -> bytes:
    """The files that git has, or would add, at these paths and at those that every chain reads: a tar file.

    Raises UserError if one of them is not committed, unless `with_changes` says that it shall travel as it is.
    """
    wanted = sorted({*FIXED, *read})
    changed = _names(git("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", *wanted), 3)
    if changed and not with_changes:
        raise UserError(
            f"not committed: {format_examples(changed)}; commit it, so that what runs on the cluster has a name, or "
            "add --with-changes, and the files travel as they are"
        )
    listed = _names(git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *wanted), 0)
    archive = pack(Path(name) for name in sorted(set(listed)) if Path(name).is_file())
    if len(archive) > MAX_ARCHIVE_BYTES:
        raise UserError(
            f"the code and the data files in git are {len(archive) / 2**20:.0f} MiB compressed, and only "
            f"{MAX_ARCHIVE_BYTES // 2**20} MiB travel with a chain; track large files by `dvc add`"
        )
    return archive


def pack(files: Iterable[Path]) -> bytes:
    """Without times and owners."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:xz", preset=1) as tar:
        for file in files:
            member = tarfile.TarInfo(file.as_posix())
            data = file.read_bytes()
            member.size, member.mode = len(data), 0o755 if file.stat().st_mode & 0o100 else 0o644
            tar.addfile(member, io.BytesIO(data))
    return content.getvalue()


def data_sources(names: Iterable[str]) -> list[DataSource]:
    """How a worker gets these own files and folders. Raises UserError that names those that it cannot get."""
    errors, found = ErrorList(), []
    for name in names:
        tracked = next((str(part) for part in _with_parents(Path(name)) if Path(f"{part}.dvc").is_file()), None)
        if tracked is None and not git("ls-files", "--", name):
            errors.add(f"{name}: neither DVC nor git tracks it, so no worker can get it; `dvc add {name}`")
        found.append(DataSource(name, tracked))
    errors.raise_if_any()
    return found


def _with_parents(path: Path) -> list[Path]:
    return [part for part in (path, *path.parents) if part.name]


def own_files(download: Mapping[str, Any]) -> Iterator[str]:
    """The paths of own files in the parameters of a download."""
    if download.get("source") != "file":
        return
    for file in (*download["files"].values(), *(column["files"] for column in download.get("pictures", {}).values())):
        yield str(file["path"])


def _names(listing: str, skipped: int) -> list[str]:
    return [entry[skipped:] for entry in listing.split("\0") if entry]
