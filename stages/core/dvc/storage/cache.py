"""DVC's cache. DVC checks out a damaged object without an error, and never writes it again while it is there."""

import hashlib
import json
import os
from collections.abc import Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError
from pathlib import Path

FOLDER_SUFFIX = ".dir"
_CONFIG = "config"


def md5_of_file(file: Path) -> str:
    """As DVC names objects."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def md5_of_folder(files: Mapping[str, str]) -> str:
    """As DVC names the object that lists a folder; `files` are the MD5 of each file by its path in the folder.

    >>> md5_of_folder({"b/c": "1" * 32, "a": "0" * 32})
    '8eb3e49c99e8149777cab3c8a5285257.dir'
    """
    return hashlib.md5(folder_object(files), usedforsecurity=False).hexdigest() + FOLDER_SUFFIX


def folder_object(files: Mapping[str, str]) -> bytes:
    """The object that lists a folder, as DVC writes it."""
    return json.dumps([{"md5": files[path], "relpath": path} for path in sorted(files)], sort_keys=True).encode()


def cache_object(md5: str) -> Path:
    return cache_folder() / md5[:2] / md5[2:]


def cache_folder() -> Path:
    """Where the objects are: in .dvc/cache, or where `dvc cache dir` put them."""
    folder = Path(".dvc/cache")
    for file in configuration_files():
        config = ConfigParser(interpolation=None, strict=False)
        try:
            config.read(file, encoding="utf-8")
        except (ConfigError, UnicodeDecodeError):
            continue  # DVC reports it
        configured = config.get("cache", "dir", fallback="").strip("'\"")
        # A relative folder is relative to the file.
        folder = file.parent / Path(configured).expanduser() if configured else folder
    return folder / "files" / "md5"


def configuration_files() -> list[Path]:
    """DVC's files of the system, the user and the clone; the later file wins."""
    from platformdirs import site_config_dir, user_config_dir

    system = os.environ.get("DVC_SYSTEM_CONFIG_DIR") or site_config_dir("dvc", "iterative")
    user = os.environ.get("DVC_GLOBAL_CONFIG_DIR") or user_config_dir("dvc", "iterative")
    return [Path(system, _CONFIG), Path(user, _CONFIG), Path(".dvc", _CONFIG), Path(".dvc", f"{_CONFIG}.local")]


def folder_entries(md5: str) -> dict[str, str] | None:
    """The MD5 of each file by its path in the folder; None if the object is missing or damaged."""
    listing = cache_object(md5)
    if not listing.is_file() or md5_of_file(listing) + FOLDER_SUFFIX != md5:
        return None
    return {entry["relpath"]: entry["md5"] for entry in json.loads(listing.read_bytes())}


def is_damaged(md5: str) -> bool:
    """Whether the object is in the cache with other content than its name says."""
    cached = cache_object(md5)
    return cached.is_file() and md5_of_file(cached) != md5.removesuffix(FOLDER_SUFFIX)
