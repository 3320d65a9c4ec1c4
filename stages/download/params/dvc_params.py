"""Parameters of files in another repository, tracked there by DVC or by git."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from stages.core.params import TextPattern
from stages.download.params.builtin_params import SplitName
from stages.download.params.file_params import Files, Sha256, SourceFile

# Other transports of git, such as ext::, can run a command.
REPOSITORY = TextPattern(
    r"(?!-)(?!.*::)(?:(?:(?:https?|ssh|git)://[^/\s]|file:///).*|(?!.*://)\S.*)",
    "the path of a repository, or an address that begins with https://, http://, ssh://, git://, file:// or user@host:",
)
REVISION = TextPattern(r"[^\s~^:?*\[\\-][^\s~^:?*\[\\]*", "a commit, a tag or a branch")


def _check_path(path: str) -> str:
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise ValueError(f"should be a path in the repository, without . or ..; received {path!r}")
    return path


class DvcFile(SourceFile):
    """A file at this path in the repository; it may be in a folder that DVC tracks as a whole."""

    path: Annotated[str, AfterValidator(_check_path)]
    sha256: Sha256


class Dvc(Files):
    """Files of another repository at one revision, tracked there by DVC or by git.

    `repo` is a path or an address of git. `rev` is a commit, a tag or a branch; a branch moves, and then the hashes
    no longer fit. Credentials are those of git and of DVC on this machine. Downloaded files are kept in the cache of
    downloads under their hash.
    """

    source: Literal["dvc"]
    repo: Annotated[str, AfterValidator(REPOSITORY)]
    rev: Annotated[str, AfterValidator(REVISION)]
    files: dict[SplitName, DvcFile] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_file_names(self) -> Self:
        self.check_files(self.files)
        return self
