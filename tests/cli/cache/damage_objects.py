"""Objects of the small repository by the path of what they hold, and damages to them."""

from pathlib import Path

from stages.cli.cache.needed_objects import parse_folder
from stages.core.dvc.lock_file.lock_file import read_lock_file
from tests.stories.plain_repository import object_path


def recorded(path: str, file: str = "") -> str:
    """The name of the object, in the work tree's record."""
    [md5] = {out["md5"] for stage in read_lock_file().values() for out in stage["outs"] if out["path"] == path}
    return parse_folder(object_path("cache", md5).read_bytes())[file] if file else md5


def damage(side: str, name: str, content: bytes = b"damaged") -> None:
    """The file stays read-only, as DVC leaves it."""
    file = object_path(side, name)
    file.chmod(0o644)
    file.write_bytes(content)
    file.chmod(0o444)


def remove(side: str, name: str) -> None:
    object_path(side, name).unlink()


def quarantined_files() -> list[bytes]:
    return [file.read_bytes() for file in Path(".dvc/tmp/restage/quarantine").glob("*")]
