"""`restage add`: takes a file of conf/dataset into the suite of this clone."""

from stages.cli.compose import compose
from stages.cli.datasets.compose_changes import composed_changes
from stages.cli.datasets.suite_files import dataset_file, dataset_files, own_suite, suite_file, with_dataset
from stages.config.compose_conf import check_conf_exists
from stages.core.errors import ErrorList, UserError, suggest
from stages.core.files.atomic_write import write_text
from stages.core.paths import check_key


def add(keys: list[str]) -> None:
    """Add the datasets to the suite and compose; the suite stays as it is if conf/ does not compose with them."""
    check_conf_exists()
    check_files_exist(keys)
    suite, known = own_suite()
    file, new = suite_file(suite), [key for key in keys if key not in known]
    for key in keys:
        if key in known:
            print(f"{file}: has {key} already")
    if not new:
        compose()
        return
    with composed_changes([file]):
        add_to_suite(suite, new)
    print(f"{file}: added {', '.join(new)}")
    print(f"next: restage run {' '.join(new)}")


def add_to_suite(suite: str, keys: list[str]) -> None:
    file = suite_file(suite)
    text = file.read_text(encoding="utf-8")
    for key in keys:
        try:
            text = with_dataset(text, key)
        except UserError as error:
            raise UserError(f"{file}: {error}") from None
    write_text(file, text)


def check_files_exist(keys: list[str]) -> None:
    errors, known = ErrorList(), list(dataset_files())
    for key in keys:
        with errors.collect():
            check_key(key)
            if key not in known:
                new = "`restage new FILE --target COLUMN` writes one for data of your own"
                raise UserError(f"{dataset_file(key)}: not found; {suggest(key, known)}; {new}")
    errors.raise_if_any()
