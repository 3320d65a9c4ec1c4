"""DVC's configuration of this clone: cache and remotes. Files outside the repository count too, as for DVC.

`python -m stages.core.dvc.storage.configuration REMOTE` asks a remote: exit code 0 if it has the configured folder,
3 if it has not, 1 with a message if it cannot be reached. DVC's Repo is not used: opening one writes to .dvc.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from dvc.config import Config
from dvc.fs import get_cloud_fs

from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.errors import UserError

DVC_FOLDER = Path(".dvc")
DEFAULT_LINK_TYPES = ("reflink", "copy")
ABSENT = 3
# A web server may hand out files and refuse to list their folder.
LISTING_REFUSED = (403, 405)


class Remote(NamedTuple):
    """`asks` is set if DVC asks a person for a password."""

    verified: bool
    asks: bool


class Configuration(NamedTuple):
    cache: Path
    link_types: list[str]
    remotes: dict[str, Remote]
    default_remote: str | None


def read_configuration() -> Configuration:
    """Raises UserError if DVC refuses a file of its configuration."""
    config = _read()
    return Configuration(
        cache=Path(config["cache"].get("dir") or DVC_FOLDER / "cache"),
        link_types=list(config["cache"].get("type") or DEFAULT_LINK_TYPES),
        remotes={name: _remote(settings) for name, settings in config["remote"].items()},
        default_remote=config["core"].get("remote"),
    )


def _remote(settings: Mapping[str, object]) -> Remote:
    asks = settings.get("ask_password") or settings.get("ask_passphrase")
    return Remote(verified=bool(settings.get("verify")), asks=bool(asks))


def default_remote_settings() -> str | None:
    """The default remote as lines of a configuration of DVC for a copy of this repository; None without a remote.

    A folder is named by its absolute path. Raises UserError for a remote that only this clone knows, since the copy
    gets the committed configuration, and passwords stay here.
    """
    config = _read()
    name = config["core"].get("remote")
    if not name:
        return None
    lines = f"    remote = {name}\n"
    url = str(config["remote"].get(name, {}).get("url", ""))
    if "://" not in url:
        return f"{lines}['remote \"{name}\"']\n    url = {url}\n"
    if name not in config.load_one("repo").get("remote", {}):
        raise UserError(
            f"the remote {name} is in .dvc/config.local, and the workers get {DVC_FOLDER}/config; `dvc remote add` "
            "without --local, and give passwords to the workers themselves"
        )
    return lines


def remote_has_folder(name: str) -> bool:
    """Raises UserError, or an error of the remote's library, if the remote does not answer."""
    with dvc_errors():
        file_system, settings, path = get_cloud_fs(_read(), name=name)
        try:
            # Not `exists`, which for some protocols is false if there is no connection. DVC's own `ls` lacks http.
            file_system(**settings).fs.ls(path, detail=False)
        except FileNotFoundError:
            return False
        except Exception as error:
            if getattr(error, "status", None) not in LISTING_REFUSED:
                raise
    return True


def _read() -> Config:
    with dvc_errors():
        return Config(str(DVC_FOLDER.resolve()))


if __name__ == "__main__":
    try:
        found = remote_has_folder(sys.argv[1])
    except Exception as error:  # noqa: BLE001 - the library of each kind of remote has errors of its own
        print(f"{type(error).__name__}: {' '.join(str(error).split())}")
        sys.exit(1)
    sys.exit(0 if found else ABSENT)
