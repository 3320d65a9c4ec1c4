"""Parameters of files and folders in another repository, tracked there by DVC or by git."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from stages.core.parameters.params import TextPattern
from stages.download.params.builtin_params import SplitName
from stages.download.params.file_params import Files, Sha256, SourceFile, check_picture_files, picture_files_name
from stages.download.params.pictures.picture_column_params import PictureColumn

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
    """A file at this path in the repository; it may be in a folder that DVC tracks as a whole.

    `path` may be a folder of pictures. Its `sha256` is that of the lines `<sha256>  <path>` of its files.
    """

    path: Annotated[str, AfterValidator(_check_path)]
    sha256: Sha256


class DvcPictures(PictureColumn):
    files: DvcFile

    @model_validator(mode="after")
    def _check_files(self) -> Self:
        check_picture_files(self.files)
        return self


class Dvc(Files):
    """Files of another repository at one revision, tracked there by DVC or by git.

    `repo` is a path or an address of git. `rev` is a commit, a tag or a branch; a branch moves, and then the hashes
    no longer fit. Credentials are those of git and of DVC on this machine. Files and folders are kept in the cache of
    downloads under their hash.

    `pictures` are the columns with paths of pictures, and where these are in the repository.
    """

    source: Literal["dvc"]
    repo: Annotated[str, AfterValidator(REPOSITORY)]
    rev: Annotated[str, AfterValidator(REVISION)]
    files: dict[SplitName, DvcFile] = Field(min_length=1)
    pictures: dict[str, DvcPictures] = {}

    @property
    def picture_columns(self) -> Mapping[str, DvcPictures]:
        return self.pictures

    @property
    def picture_files(self) -> dict[str, DvcFile]:
        """The folder or archive of each column of pictures, by a name that no split has."""
        return {picture_files_name(column): pictures.files for column, pictures in self.pictures.items()}

    @model_validator(mode="after")
    def _check_file_names(self) -> Self:
        self.check_files(self.files)
        return self
