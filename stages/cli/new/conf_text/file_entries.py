"""What section `download` says about a file or folder: where it is from, and its hash."""

from collections.abc import Iterator, Mapping

from stages.cli.new.conf_text.yaml_lines import entry
from stages.cli.new.read.new_files import NewFile


def source_entries(file: NewFile) -> Iterator[str]:
    if file.repository:
        yield from entry("source", "dvc")
        yield from entry("repo", file.repository.repo)
        yield from entry("rev", file.repository.rev)
    else:
        yield from entry("source", "http" if file.address else "file")


def file_entries(split: str, file: NewFile, paths: Mapping[str, str]) -> Iterator[str]:
    """Where the file of a split is. `paths` are those of the files on this machine."""
    yield f"    {split}:"
    if file.repository:
        yield from entry("path", file.address, 6)
    elif file.address:
        yield from entry("urls", [file.address], 6)
        yield from entry("size", file.path.stat().st_size, 6)
    else:
        yield from entry("path", paths[split], 6)
    if file.member:
        yield from entry("member", file.member, 6)
    yield from entry("sha256", file.sha256, 6)
