"""Writes a new dataset: the copies of its data, its file in conf/, the suite, and the commands that come next."""

from collections.abc import Sequence
from pathlib import Path

from stages.cli.datasets.add import add_to_suite
from stages.cli.datasets.compose_changes import composed_changes
from stages.cli.datasets.suite_files import dataset_file, own_suite, suite_file
from stages.cli.new.write.store_data import Copy, copy_data
from stages.core.files.atomic_write import write_text


def write_dataset(
    key: str, text: str, *, copies: Sequence[Copy], outside: Sequence[str], model_files: Sequence[Path] = ()
) -> None:
    """`outside` names the data outside the repository."""
    suite = own_suite()[0]
    print()
    tracked = copy_data(copies) if copies else []
    for copy in copies:
        print(f"{copy.target}: copied and tracked by DVC")
    file = write_conf(key, text, suite)
    print("\nnext:")
    print(f"  restage run {key}                 # then open reports/pages/{key}.html")
    to_commit = " ".join(map(str, [file, suite_file(suite), *model_files, *tracked]))
    print(f"  git add {to_commit} params.yaml dvc.lock reports")
    if copies:
        print("  dvc push                          # gives the data to your team, if there is a remote")
    elif outside:
        print(f"{', '.join(outside)} stays outside the repository: it is on this machine alone, at the path in {file}.")


def write_conf(key: str, text: str, suite: str) -> Path:
    """Write the file of the dataset in conf/, and add it to the suite. Nothing is changed if conf/ does not compose."""
    file = dataset_file(key)
    with composed_changes([file, suite_file(suite)]):
        write_text(file, text)
        add_to_suite(suite, [key])
    print(f"{file}: written")
    print(f"{suite_file(suite)}: added {key}")
    return file
