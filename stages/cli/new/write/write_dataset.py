"""Writes a new dataset: the copies of its data, its file in conf/, the suite, and the commands that come next."""

from collections.abc import Callable, Sequence
from pathlib import Path

from stages.cli.datasets.add import add_to_suite
from stages.cli.datasets.compose_changes import composed_changes
from stages.cli.datasets.suite_files import dataset_file, own_suite, suite_file
from stages.core.runtime.atomic_write import write_text


def write_dataset(
    key: str,
    text: str,
    *,
    copies: Sequence[Path],
    copy: Callable[[], list[Path]],
    outside: Sequence[str],
    model_files: Sequence[Path] = (),
) -> None:
    """`copy` makes the `copies`, if there are any, and returns the files that belong in git.

    `outside` names the data outside the repository.
    """
    file, suite = dataset_file(key), own_suite()[0]
    print()
    tracked = copy() if copies else []
    for path in copies:
        print(f"{path}: copied and tracked by DVC")
    with composed_changes([file, suite_file(suite)]):
        write_text(file, text)
        print(f"{file}: written")
        add_to_suite(suite, [key])
    print("\nnext:")
    print(f"  restage run {key}                 # then open reports/pages/{key}.html")
    to_commit = " ".join(map(str, [file, suite_file(suite), *model_files, *tracked]))
    print(f"  git add {to_commit} params.yaml dvc.lock reports")
    if copies:
        print("  dvc push                          # gives the data to your team, if there is a remote")
    elif outside:
        print(f"{', '.join(outside)} stays outside the repository: it is on this machine alone, at the path in {file}.")
