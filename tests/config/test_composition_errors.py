"""Errors in conf/ that need more than one edit; single edits are in test_wrong_edits.py."""

from pathlib import Path

import pytest

from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import Composition, compose
from stages.core.errors import UserError

IRIS, SUITE, CONFIG = "dataset/iris.yaml", "suite/starter.yaml", "config.yaml"
EMPTY_IRIS = (
    f"conf/{IRIS}: datasets.iris.download, datasets.iris.preprocess, datasets.iris.train, datasets.iris.evaluate, "
    "datasets.iris.report: missing; it has no default"
)
LETTERS = "use lower-case letters, digits and _ only"
MODEL = "{kind: mlp, units: [512, 256, 128, 64, 32], activation: relu}"


def line(name, text):
    """The line number of the text; a bar in it is the left margin."""
    lines = (Path("conf") / name).read_text().splitlines()
    return next(number for number, content in enumerate(lines, 1) if text in f"|{content}")


def errors(conf):
    """The messages about conf/."""
    with pytest.raises(UserError) as caught:
        check_parameters(compose(conf), conf)
    return list(caught.value.messages)


def errors_after(conf, edit, name, old, new):
    edit(name, old, new)
    return errors(conf)


@pytest.mark.parametrize(
    ("name", "old", "new", "at", "error"),
    [
        (IRIS, MODEL, "mlp", "model", "datasets.iris.train.model: should be keys with values; received 'mlp'"),
        (
            IRIS,
            "title: Iris",
            "title: ${datasets.wine.report.titel}",
            "title",
            "datasets.iris.report.title: Interpolation key 'datasets.wine.report.titel' not found",
        ),
        # Hydra's error has no message; its cause has one, and all files are searched for the line.
        (IRIS, "epochs: 20", 'epochs: "${"', "epochs", "no viable alternative at input '${'; ${...} names another key"),
        # An error in a file that several datasets use is reported once.
        (
            "train/classes.yaml",
            "metrics: [accuracy]",
            "metrics: [acuracy]",
            "metrics",
            "datasets.iris.train.metrics[0], datasets.wine.train.metrics[0]: "
            "received 'acuracy'; did you mean accuracy?",
        ),
        (CONFIG, "suite: starter", "suite: strater", "suite:", "no conf/suite/strater.yaml; did you mean starter?"),
        # For Hydra a dot begins a nested key, so the key of `s&p.500` is `s&p`.
        *(
            (
                SUITE,
                "datasets.iris:",
                f"datasets.{key}:",
                "datasets.",
                f"dataset key {key.removesuffix('.500')!r}: {LETTERS}",
            )
            for key in ("s&p.500", "my-iris", "Iris", "a b")
        ),
    ],
)
def test_an_error_is_reported_with_its_line(conf, edit, name, old, new, at, error):
    assert errors_after(conf, edit, name, old, new) == [f"conf/{name}:{line(name, at)}: {error}"]


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        (IRIS, "", EMPTY_IRIS),
        (IRIS, "# Later.\n", EMPTY_IRIS),
        (
            IRIS,
            "- download\n- train\n",
            f"conf/{IRIS}: datasets.iris: should be keys with values; received ['download', 'train']",
        ),
        (SUITE, "# @package _global_\nsuite: starter\n", "conf: datasets: missing; it has no default"),
        (
            "local.yaml",
            "# @package _global_\ndatasets:\n  iris:\n    train:\n      epochs: 0\n",
            "conf/local.yaml:5: datasets.iris.train.epochs: should be greater than or equal to 1; received 0",
        ),
        (
            "local.yaml",
            "# @package _global_\ndatasets:\n  irsi:\n    report: {title: Iris}\n",
            "conf/local.yaml:3: datasets.irsi.download, datasets.irsi.preprocess, datasets.irsi.train, "
            "datasets.irsi.evaluate: missing; it has no default",
        ),
    ],
)
def test_a_whole_file_is_wrong(conf, name, content, error):
    (conf / name).write_text(content)
    assert errors(conf) == [error]


def test_a_misspelt_key_is_also_a_missing_one(conf, edit):
    assert errors_after(conf, edit, IRIS, "epochs: 20", "epoch: 20") == [
        f"conf/{IRIS}:{line(IRIS, '|train:')}: datasets.iris.train.epochs: missing; it has no default",
        f"conf/{IRIS}:{line(IRIS, 'epoch: 20')}: datasets.iris.train.epoch: unknown key; did you mean epochs?",
    ]


def test_a_branch_within_a_model(conf, edit):
    branches = "{kind: branches, inputs: {a: {kind: mlp, units: [0], activaton: relu}, b: {kind: lmst}}}"
    assert [message.partition(": ")[2] for message in errors_after(conf, edit, IRIS, MODEL, branches)] == [
        "datasets.iris.train.model.inputs.a.units[0]: should be greater than or equal to 1; received 0",
        "datasets.iris.train.model.inputs.a.activaton: unknown key; did you mean activation?",
        "datasets.iris.train.model.inputs.b.kind: received 'lmst'; did you mean lstm?",
    ]


def test_at_most_five_datasets_are_named(conf, edit):
    lines = [f"  - /dataset@datasets.iris{n}: iris" for n in range(6)]
    (conf / "suite/starter.yaml").write_text("\n".join(["# @package _global_", "defaults:", *lines, "suite: six", ""]))
    [error] = errors_after(conf, edit, IRIS, "epochs: 20", "epochs: 0")
    assert error.count("datasets.iris") == 5
    assert ".epochs and 1 more: should be" in error


def test_errors_in_several_files_are_reported_together(conf, edit):
    edit(IRIS, "seed: 0", "seed: -1")
    edit("dataset/wine.yaml", "batch: 16", "batch: 0")
    edit("train/values.yaml", "kind: adam", "kind: adma")
    assert [message.partition(": ")[0] for message in errors(conf)] == [
        f"conf/{IRIS}:{line(IRIS, 'seed')}",
        f"conf/dataset/wine.yaml:{line('dataset/wine.yaml', 'batch')}",
        f"conf/train/values.yaml:{line('train/values.yaml', 'kind')}",
    ]


def test_a_list_where_a_group_has_keys(conf, edit):
    edit(IRIS, f"train:\n  model: {MODEL}\n  epochs: 20\n  batch: 10\n", "train: [mlp]\n")
    assert errors(conf) == [f"conf/{IRIS}: Cannot merge keys with values with a list"]


@pytest.mark.parametrize("defaults", ["defaults: classes\n", "defaults:\n"])
def test_defaults_that_are_not_a_list(conf, edit, defaults):
    [error] = errors_after(conf, edit, IRIS, "defaults:\n  - /train@train: classes\n  - _self_\n", defaults)
    assert error.startswith(f"conf/{IRIS}: Invalid defaults list in 'dataset/iris', defaults must be a list")


def test_a_file_in_another_encoding(conf):
    (conf / IRIS).write_bytes((conf / IRIS).read_bytes().replace(b"title: Iris", "title: Größe".encode("latin-1")))
    assert errors(conf) == [f"conf/{IRIS}: not text; save it as UTF-8"]


def test_a_missing_dataset_file(conf):
    (conf / "dataset/wine.yaml").rename(conf / "dataset/wines.yaml")
    assert errors(conf) == ["conf/suite/starter.yaml:4: no conf/dataset/wine.yaml; did you mean wines?"]


@pytest.mark.parametrize("name", ["Full", "full suite", "../full", "full.md", '""'])
def test_an_invalid_name_of_a_suite(conf, edit, name):
    [error] = errors_after(conf, edit, "suite/starter.yaml", "suite: starter", f"suite: {name}")
    at = f"conf/suite/starter.yaml:{line('suite/starter.yaml', '|suite:')}"
    assert error.startswith(f"{at}: suite: should be a name of lower-case letters, digits and _ only")


def test_a_suite_without_a_name(conf, edit):
    [error] = errors_after(conf, edit, "suite/starter.yaml", "suite: starter", "")
    assert error.endswith("suite: missing; it has no default")


def test_all_invalid_keys_are_reported_together(conf, edit):
    edit("suite/starter.yaml", "datasets.iris:", "datasets.Iris:")
    edit("suite/starter.yaml", "datasets.wine:", "datasets.wine-2:")
    assert [message.partition(": ")[0] for message in errors(conf)] == [
        "conf/suite/starter.yaml:3",
        "conf/suite/starter.yaml:4",
    ]


def test_a_missing_key_is_not_attributed_to_local_yaml(conf, edit):
    (conf / "local.yaml").write_text("# @package _global_\ndatasets:\n  iris:\n    train:\n      epochs: 5\n")
    [error] = errors_after(conf, edit, IRIS, "  batch: 10\n", "")
    assert error.startswith(f"conf/{IRIS}:{line(IRIS, '|train:')}: datasets.iris.train.batch: missing")


def test_parameters_without_a_conf_are_reported_with_their_file():
    """As in an experiment, whose values `-S` sets."""
    with pytest.raises(UserError) as caught:
        check_parameters(Composition({"datasets": {"iris": 3, "wine": {"train": {}}}}, {}), Path("params.yaml"))
    assert {message.partition(": ")[0] for message in caught.value.messages} == {"params.yaml"}


def test_outside_a_repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"^conf/config\.yaml: not found; run this at the root of the repository$"):
        compose()
