"""Paths of all files that stages read and write, relative to the root of the repository, where stages run."""

import re
from pathlib import Path

from stages.core.errors import UserError

PARAMS = Path("params.yaml")
CONF = Path("conf")
DATASET_PARAMS = Path("data/guard/params")
SUITE = Path("data/guard/suite.json")
ACCEPTED_COPIES = Path("data/guard/accepted")
REFRESH_RECORD_COPIES = Path("data/guard/refreshed")
MODEL_FILES = CONF / "models"
MODEL_FILE_COPIES = Path("data/guard/models")
EVALUATION = Path("reports/evaluation")
VALIDATION = Path("reports/validation")
INDEX = Path("reports/index.html")

_KEY = re.compile(r"[a-z0-9_]+")


def check_key(key: str) -> str:
    """Return the key; raise UserError unless it is safe in a command line and in a path."""
    if not _KEY.fullmatch(key):
        raise UserError(f"dataset key {key!r}: use lower-case letters, digits and _ only")
    return key


def dataset_params(key: str) -> Path:
    """The guard's copy of one dataset's parameters, so that a stage depends on its own dataset and not on all."""
    return DATASET_PARAMS / f"{key}.json"


def raw_data(key: str) -> Path:
    return Path("data/raw") / key


def validation_marker(key: str) -> Path:
    """A file that exists if validation passed. Its content is constant: a new expectation reruns validate alone."""
    return Path("data/valid") / key


def processed_data(key: str) -> Path:
    return Path("data/processed") / key


def model(key: str) -> Path:
    return Path("data/models") / key


def checkpoint(key: str) -> Path:
    """Checkpoints of an interrupted training; not an output of a stage."""
    return Path(".dvc/tmp/restage/training") / key


def predictions(key: str) -> Path:
    return Path("data/predictions") / key


def validation_result(key: str) -> Path:
    return VALIDATION / f"{key}.json"


def data_profile(key: str) -> Path:
    """The profile of the raw data, written by validate."""
    return Path("reports/profiles") / f"{key}.json"


def accepted_profile(key: str) -> Path:
    """The profile that a user accepted; in git."""
    return CONF / "accepted" / f"{key}.json"


def accepted_profile_copy(key: str) -> Path:
    """The guard's copy of the accepted profile. A stage depends on this file, not on all of conf/."""
    return ACCEPTED_COPIES / f"{key}.json"


def refresh_record(key: str) -> Path:
    """What the last `restage refresh` of the dataset found; in git."""
    return CONF / "refreshed" / f"{key}.json"


def refresh_record_copy(key: str) -> Path:
    """The guard's copy of the record. The dataset's report depends on this file, not on all of conf/."""
    return REFRESH_RECORD_COPIES / f"{key}.json"


def model_file_copies(key: str) -> Path:
    """The guard's copies of the files in conf/models that a dataset names. Its train and evaluate import these."""
    return MODEL_FILE_COPIES / key


def export(key: str) -> Path:
    """The model as a folder that needs nothing of this repository."""
    return Path("data/exports") / key


def history(key: str) -> Path:
    return Path("reports/history") / f"{key}.csv"


def metrics(key: str) -> Path:
    return Path("reports/metrics") / f"{key}.json"


def evaluation(key: str) -> Path:
    return EVALUATION / f"{key}.json"


def headline_table(suite: str) -> Path:
    return Path("reports/headlines") / f"{suite}.md"


def data_checks_table(suite: str) -> Path:
    return Path("reports/data_checks") / f"{suite}.md"


def dataset_page(key: str) -> Path:
    return Path("reports/pages") / f"{key}.html"
