"""The raw data that conf pins, as the download stage made them: in this clone, or in DVC's cache."""

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

from stages.core import paths
from stages.core.artefacts.raw.raw_data import RawData
from stages.core.artefacts.raw.raw_files import read_raw
from stages.core.artefacts.records.refreshed import texts_in
from stages.core.dvc.lock_file.lock_file import LOCK, read_lock_file
from stages.core.dvc.storage.cache import cache_object, folder_entries, is_damaged, md5_of_file, md5_of_folder
from stages.core.errors import UserError


def recorded_data(key: str, pinned: Collection[str], temporary: Path) -> RawData:
    """The raw data that were made from files with the pinned hashes. What DVC's cache has is copied to `temporary`.

    Raises UserError with the reason if they are not available.
    """
    stage = f"download@{key}"
    entry: dict[str, Any] = read_lock_file().get(stage, {})
    params = entry.get("params", {}).get(str(paths.dataset_params(key)), {}).get("download", {})
    if not set(pinned) <= set(texts_in(params)):
        raise UserError(f"{LOCK} has no record of a download of the data that conf/ pins")
    [md5] = [out["md5"] for out in entry["outs"] if out["path"] == str(paths.raw_data(key))]
    if _folder_md5(paths.raw_data(key)) == md5:
        return read_raw(paths.raw_data(key))
    folder = temporary / key
    if not _copy_from_cache(md5, folder):
        raise UserError(
            f"they are neither in {paths.raw_data(key)} nor in DVC's cache; `dvc fetch {stage}` gets them from a remote"
        )
    return read_raw(folder)


def _folder_md5(folder: Path) -> str:
    """As DVC names the folder's content; empty if there is no folder."""
    files = [file for file in folder.rglob("*") if file.is_file()] if folder.is_dir() else []
    return md5_of_folder({f.relative_to(folder).as_posix(): md5_of_file(f) for f in files}) if files else ""


def _copy_from_cache(md5: str, folder: Path) -> bool:
    """Whether the cache has all of the folder, undamaged."""
    entries = folder_entries(md5)
    if entries is None or any(not cache_object(each).is_file() or is_damaged(each) for each in entries.values()):
        return False
    for name, each in entries.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(cache_object(each), folder / name)
    return True
