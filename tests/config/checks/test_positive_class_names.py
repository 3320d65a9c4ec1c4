"""Positive classes that conf/ alone shows to be wrong; corpus: tests/config/wrong_edits/evaluate.yaml."""

from pathlib import Path
from typing import Any

import pytest

from stages.config.check_parameters import check_parameters
from stages.config.checks.positive_class_names import classes_by_target, positive_class_parameter_errors
from stages.config.compose_conf import compose
from stages.config.schema import Dataset, Suite
from stages.core.parameters.validation_errors import type_adapter
from stages.download.params import Download

TABLE = {
    "source": "file",
    "format": {"format": "csv"},
    "files": {"all": {"path": "a.csv", "sha256": "0" * 64}},
    "rename": {"Sick": "sick"},
    "classes": {"Sick": ["no", "yes"]},
}
IMAGES = {
    "source": "file",
    "format": {"format": "npz", "images": "x", "labels": "y", "classes": ["cat", "dog"]},
    "files": {"all": {"path": "a.npz", "sha256": "0" * 64}},
}
QUERY = {
    "source": "sql",
    "url_env": "CLINIC_DB",
    "query": "select * from patients order by id",
    "sha256": "0" * 64,
    "classes": {"sick": ["no", "yes"]},
}


@pytest.fixture(name="suite")
def _suite(conf: Path) -> Suite:
    return check_parameters(compose(conf), conf)


def changed(suite: Suite, download: dict[str, Any] | None, targets: Any, labels: Any, positive: Any = None) -> Dataset:
    iris = suite.datasets["iris"]
    update: dict[str, Any] = {
        "preprocess": iris.preprocess.model_copy(update={"targets": targets, "labels": labels}),
        "evaluate": iris.evaluate.model_copy(update={"positive_class": positive}),
    }
    if download:
        update["download"] = type_adapter(Download).validate_python(download)
    return iris.model_copy(update=update)


@pytest.mark.parametrize(
    ("download", "targets", "labels", "expected"),
    [
        (TABLE, "sick", "integer", {"sick": ["no", "yes"]}),
        (TABLE, "other", "integer", {"other": None}),
        (TABLE, {"ill": "sick", "cost": "cost"}, {"ill": "one_hot"}, {"ill": ["no", "yes"], "cost": []}),
        (TABLE, ["a", "b"], None, {"y": []}),
        (TABLE, [], "integer", {"y": []}),
        (IMAGES, None, "integer", {"label": ["cat", "dog"]}),
        (QUERY, "sick", "integer", {"sick": ["no", "yes"]}),
        (None, "species", "integer", {"species": None}),
    ],
)
def test_the_classes_that_conf_knows(suite: Suite, download: Any, targets: Any, labels: Any, expected: Any) -> None:
    assert classes_by_target(changed(suite, download, targets, labels)) == expected


def test_every_wrong_class_is_reported_with_its_dataset(suite: Suite) -> None:
    datasets = {
        "a": changed(suite, TABLE, "sick", "integer", "yess"),
        "b": changed(suite, TABLE, "sick", "integer", "yes"),
        "c": changed(suite, None, "species", "integer", "anything"),
        "d": changed(suite, IMAGES, None, "integer", {"labl": "cat"}),
    }
    errors = positive_class_parameter_errors(suite.model_copy(update={"datasets": datasets}))
    assert [(error.keys, error.text) for error in errors] == [
        (("datasets", "a", "evaluate", "positive_class"), "target sick has no class 'yess'; did you mean yes?"),
        (("datasets", "d", "evaluate", "positive_class"), "no target 'labl'; did you mean label?"),
    ]
