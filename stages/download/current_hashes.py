"""The hashes of what a source gives now, beside those that conf/ pins. Nothing is verified by a pinned hash here."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from stages.core.artefacts.raw.raw_files import sha256_of
from stages.core.errors import ErrorList, UserError, format_examples, prefix_errors
from stages.download.databases.snapshots import snapshot_hash
from stages.download.fetch.download_files import cache_folder
from stages.download.fetch.dvc_files import fetch_unverified
from stages.download.fetch.transfers.mirror import MANIFEST, MIRROR, mirror_from_environment
from stages.download.fetch.unpinned_download import UnpinnedFile, download_unpinned
from stages.download.fetch.verified_files import explain_local_errors
from stages.download.formats.archives import read_members
from stages.download.formats.pictures.folder_hash import folder_hash, hash_folder
from stages.download.params import Source
from stages.download.params.dvc_params import Dvc, DvcFile
from stages.download.params.file_params import File, Http, Limits, LocalFile, RemoteFile, picture_limits
from stages.download.params.pictures.picture_params import Pictures
from stages.download.params.sql.sql_params import Sql


@dataclass(frozen=True)
class CurrentFile:
    """A file as it is now. `location` is its path or address.

    `hashes` has the present hash for each hash in conf of the file or of its members; `size` is that in conf and the
    present one, if conf has one.
    """

    location: str
    hashes: Mapping[str, str]
    size: tuple[int, int] | None = None

    @property
    def changed(self) -> bool:
        return any(pinned != current for pinned, current in self.hashes.items())


def current_hashes(source: Source) -> dict[str, str]:
    """From each hash in conf to the hash of what the source gives now; empty for a source without hashes."""
    return hashes_of(current_files(source))


def current_files(source: Source) -> dict[str, CurrentFile]:
    """The files that conf has hashes of, by name. Files to download are fetched again, into the download cache."""
    errors, files = ErrorList(), dict[str, CurrentFile]()
    for name, read in _readers(source).items():
        with errors.collect():
            files[name] = read()
    errors.raise_if_any()
    return files


def _readers(source: Source) -> dict[str, Callable[[], CurrentFile]]:
    """A function that reads it, for each file that conf has hashes of. A query counts as a file."""
    match source:
        case File():
            local_files = source.files | source.picture_files
            return {name: partial(_local_file, file, source.limits) for name, file in local_files.items()}
        case Http():
            remote_files = (source.files | source.picture_files).items()
            return {
                name: partial(_remote_file, name, file, source) for name, file in remote_files if _file_hashes(file)
            }
        case Dvc():
            folders = set(source.files if isinstance(source.format, Pictures) else ()) | set(source.picture_files)
            return {
                name: partial(_data_of_repository, file, source, name in folders)
                for name, file in (source.files | source.picture_files).items()
            }
        case Sql():
            return {"query": partial(_query_result, source)}
        case _:
            return {}


def hashes_of(files: Mapping[str, CurrentFile]) -> dict[str, str]:
    """Raises UserError if files with one hash in conf have different content now: conf/ cannot be renewed by hash."""
    hashes: dict[str, str] = {}
    for name, file in files.items():
        for pinned, current in file.hashes.items():
            if hashes.setdefault(pinned, current) != current:
                others = format_examples(other for other, each in files.items() if pinned in each.hashes)
                raise UserError(f"{others}: one hash in conf, but different content; edit the hash of {name} by hand")
    return hashes


def pinned_hashes(source: Source) -> list[str]:
    """The hashes in conf of what the source gives; none if conf has no hash, or a file beside the data has it."""
    match source:
        case File() | Http() | Dvc():
            files = [*source.files.values(), *source.picture_files.values()]
            return [digest for file in files for digest in _file_hashes(file)]
        case Sql():
            return [source.sha256]
        case _:
            return []


def with_hashes(source: Source, hashes: Mapping[str, str], files: Mapping[str, CurrentFile]) -> Source:
    """The source as it will be when conf has the present hashes and sizes."""
    sizes = {digest: file.size[1] for file in files.values() if file.size is not None for digest in file.hashes}
    content = _replaced(source.model_dump(exclude_unset=True), hashes, sizes)
    return type(source).model_validate(content)


def _replaced(content: Any, hashes: Mapping[str, str], sizes: Mapping[str, int]) -> Any:
    """The content with the present hashes, and with the present size beside each hash in `sizes`."""
    match content:
        case dict():
            replaced = {name: _replaced(value, hashes, sizes) for name, value in content.items()}
            size = next((sizes[value] for value in content.values() if isinstance(value, str) and value in sizes), None)
            return replaced if size is None else replaced | {"size": size}
        case list():
            return [_replaced(value, hashes, sizes) for value in content]
        case str():
            return hashes.get(content, content)
        case _:
            return content


def _file_hashes(file: LocalFile | RemoteFile | DvcFile) -> list[str]:
    """Those of the file and of its members."""
    return [*([file.sha256] if file.sha256 else []), *file.md5.values()]


def _local_file(file: LocalFile, limits: Limits) -> CurrentFile:
    path = Path(file.path)
    with prefix_errors(file.path), explain_local_errors(path):
        if path.is_dir():
            return CurrentFile(file.path, {file.sha256: folder_hash(hash_folder(path))})
        return CurrentFile(file.path, {file.sha256: sha256_of(path)} | _member_hashes(path, file.md5, limits))


def _query_result(source: Sql) -> CurrentFile:
    return CurrentFile(source.url_env, {source.sha256: snapshot_hash(source, cache_folder())})


def _data_of_repository(file: DvcFile, params: Dvc, folders: bool) -> CurrentFile:
    """A commit or a tag always gives the same data; a branch moves. With `folders`, the path may be a folder."""
    max_files = picture_limits(params.limits).members if folders else 0
    data = fetch_unverified(params.repo, params.rev, file.path, cache_folder(), params.limits.bytes, max_files)
    location = f"{params.repo}: {file.path}"
    with prefix_errors(location):
        hashes = {file.sha256: data.sha256} | _member_hashes(data.path, file.md5, params.limits)
    return CurrentFile(location, hashes)


def _remote_file(name: str, file: RemoteFile, params: Http) -> CurrentFile:
    mirror = mirror_from_environment()
    with prefix_errors(name):
        found = download_unpinned(file, params, cache_folder(), mirror)
        hashes = _archive_hash(file, found) | _member_hashes(found.path, file.md5, params.limits)
    location = file.urls[0] if file.urls else str(file.mirror)
    # The size in conf is that of the public file.
    sized = file.size is not None and found.candidate.size == file.size
    return CurrentFile(location, hashes, (found.candidate.size or 0, found.path.stat().st_size) if sized else None)


def _archive_hash(file: RemoteFile, found: UnpinnedFile) -> dict[str, str]:
    """The pinned hash of the file itself. A mirror may have the same content in another archive."""
    if file.sha256 is None or found.candidate.sha256 in (file.sha256, None):
        return {} if file.sha256 is None else {file.sha256: found.sha256}
    if found.sha256 == found.candidate.sha256:
        return {file.sha256: file.sha256}
    raise UserError(
        f"the mirror's own archive is not the one that mirror_sha256 or {MANIFEST} names; unset {MIRROR} to look at "
        "the public file, or renew the hash of the mirror"
    )


def _member_hashes(path: Path, pinned: Mapping[str, str], limits: Limits) -> dict[str, str]:
    if not pinned:
        return {}
    members = read_members(lambda: path.open("rb"), set(pinned), limits)
    return {pinned[name]: hashlib.md5(content, usedforsecurity=False).hexdigest() for name, content in members}
