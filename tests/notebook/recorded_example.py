"""A repository of Restage with the results of one small dataset, which its commit records, made without DVC."""

from pathlib import Path

import yaml

from stages.cli.revisions.find_commit import find_commit
from stages.core import paths
from stages.core.dvc.storage.cache import cache_object, folder_object, md5_of_folder
from stages.notebook.dataset import Dataset
from stages.notebook.files.dataset_files import WorkingTreeFiles
from stages.notebook.files.revision_files import RevisionFiles
from tests.cli.revisions.recorded_repository import git, store
from tests.report.example_datasets import ExampleDataset, write_example

KEY = "mine"
OUTPUTS = {
    "guard": [paths.DATASET_PARAMS],
    f"download@{KEY}": [paths.raw_data(KEY)],
    f"preprocess@{KEY}": [paths.processed_data(KEY)],
    f"train@{KEY}": [paths.model(KEY), paths.history(KEY)],
    f"evaluate@{KEY}": [paths.predictions(KEY), paths.evaluation(KEY)],
}


def record_example(example: ExampleDataset) -> str:
    """Write the dataset `mine` into the current folder, and commit a dvc.lock that records it. Returns the commit."""
    git("init", "--quiet", "--initial-branch", "main")
    for name, text in {".gitignore": "/data/\n/reports/\n/.dvc/cache\n", ".dvc/config": "", "dvc.yaml": ""}.items():
        _write(Path(name), text)
    _write(Path("conf/config.yaml"), "")
    _write(paths.PARAMS, yaml.safe_dump({"datasets": {KEY: example.parameters}}))
    write_example(example)
    return commit("Results")


def commit(message: str) -> str:
    """What the files are now becomes what dvc.lock records."""
    stages = {stage: {"cmd": "run", "outs": [_recorded(path) for path in of]} for stage, of in OUTPUTS.items()}
    _write(Path("dvc.lock"), yaml.safe_dump({"schema": "2.0", "stages": stages}))
    git("add", "--all")
    git("commit", "--quiet", "--message", message)
    return git("rev-parse", "HEAD")


def in_working_tree() -> Dataset:
    return _dataset(WorkingTreeFiles(Path.cwd(), KEY))


def at_revision(revision: str) -> Dataset:
    return _dataset(RevisionFiles(Path.cwd(), KEY, revision, find_commit(revision)), revision)


def _dataset(files: WorkingTreeFiles | RevisionFiles, revision: str | None = None) -> Dataset:
    sections = yaml.safe_load(paths.PARAMS.read_text())["datasets"][KEY]
    return Dataset(KEY, sections, files, revision, revision and find_commit(revision))


def _recorded(path: Path) -> dict[str, str]:
    return {"path": str(path), "hash": "md5", "md5": _store_folder(path) if path.is_dir() else store(path.read_bytes())}


def _store_folder(folder: Path) -> str:
    found = sorted(file for file in folder.rglob("*") if file.is_file())
    files = {file.relative_to(folder).as_posix(): store(file.read_bytes()) for file in found}
    md5 = md5_of_folder(files)
    cache_object(md5).parent.mkdir(parents=True, exist_ok=True)
    cache_object(md5).write_bytes(folder_object(files))
    return md5


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
