"""Wrong edits of conf/ and what a person reads about them: file, line, key, what was received, the way out."""

from pathlib import Path

import pytest

from stages.config.check_parameters import check_parameters
from stages.config.compose import Composition, compose
from stages.core.errors import UserError

IRIS = "dataset/iris.yaml"
MODEL = "{kind: mlp, units: [512, 256, 128, 64, 32], activation: relu}"


def line(name, text):
    """Where a text stands; a bar stands for the margin."""
    lines = (Path("conf") / name).read_text().splitlines()
    return next(number for number, content in enumerate(lines, 1) if text in f"|{content}")


def told(conf):
    """What is wrong with conf/; a traceback would be another exception."""
    with pytest.raises(UserError) as caught:
        check_parameters(compose(conf), conf)
    return list(caught.value.messages)


def told_of(conf, edit, name, old, new):
    edit(name, old, new)
    return told(conf)


@pytest.mark.parametrize(
    ("old", "new", "at", "sentence"),
    [
        (
            "report:",
            "reprot: {}\n\nreport:",
            "reprot",
            "datasets.iris.reprot: unknown key; did you mean report?",
        ),
        (
            "test: 0.2",
            "test: 0.2, tset: 0.2",
            "tset",
            "datasets.iris.preprocess.split.tset: unknown key; did you mean test?",
        ),
        (
            "activation: relu",
            "activatoin: relu",
            "activatoin",
            "datasets.iris.train.model.activatoin: unknown key; did you mean activation?",
        ),
        (
            "  columns: [",
            "  colums: [",
            "colums",
            "datasets.iris.validate.colums: unknown key; did you mean columns?",
        ),
        (
            "epochs: 20",
            "epochs: twenty",
            "twenty",
            "datasets.iris.train.epochs: should be a valid integer; received 'twenty'",
        ),
        (
            "epochs: 20",
            "epochs: 0",
            "epochs",
            "datasets.iris.train.epochs: should be greater than or equal to 1; received 0",
        ),
        (
            "[512, 256",
            "[512, many",
            "many",
            "datasets.iris.train.model.units[1]: should be a valid integer; received 'many'",
        ),
        (
            "title: Iris",
            "title: yes",
            "title",
            "datasets.iris.report.title: should be a valid string; received True",
        ),
        (
            "kind: mlp",
            "kind: mpl",
            "mpl",
            "datasets.iris.train.model.kind: received 'mpl'; did you mean mlp?",
        ),
        (
            "step: standard",
            "step: standart",
            "standart",
            "datasets.iris.preprocess.steps[0].step: received 'standart'; did you mean standard?",
        ),
        (
            "test: 0.2",
            "test: gievn",
            "gievn",
            "datasets.iris.preprocess.split.test: received 'gievn'; did you mean given?",
        ),
        (
            "expect_table_row_count_to_equal",
            "expect_table_row_count_to_eqaul",
            "eqaul",
            "datasets.iris.validate.expectations[0]: no expectation 'expect_table_row_count_to_eqaul'; "
            "did you mean expect_table_row_count_to_equal?",
        ),
        (
            "column: sepal_width_cm",
            "column: sepal_with_cm",
            "|validate:",
            "datasets.iris.validate: expect_column_values_to_be_between names column 'sepal_with_cm'; "
            "did you mean sepal_width_cm?",
        ),
        (
            "  epochs: 20\n",
            "",
            "|train:",
            "datasets.iris.train.epochs: missing; it has no default",
        ),
        (
            "split: {test: 0.2, validation: 0.16, order: stratified, seed: 0}",
            "split: [0.2, 0.16]",
            "split",
            "datasets.iris.preprocess.split: should be keys with values; received [0.2, 0.16]",
        ),
        (
            MODEL,
            "mlp",
            "model",
            "datasets.iris.train.model: should be keys with values; received 'mlp'",
        ),
        (
            "  steps:",
            "  window: {length: 3}\n  steps:",
            "|preprocess:",
            "datasets.iris.preprocess: split.order stratified breaks the order of a series; use chronological or first",
        ),
        (
            "  epochs: 20",
            "  monitor: val_los\n  epochs: 20",
            "|train:",
            "datasets.iris.train: monitor 'val_los' is never recorded; allowed: loss, val_loss, accuracy, val_accuracy",
        ),
        (
            "epochs: 20",
            "epochs: ${epochs}",
            "epochs",
            "datasets.iris.train.epochs: Interpolation key 'epochs' not found",
        ),
        (
            "epochs: 20",
            "epochs: ???",
            "epochs",
            "datasets.iris.train.epochs: should be a valid integer; received '???'",
        ),
        (
            "/train@train: classes",
            "/train@train: clases",
            "clases",
            "no conf/train/clases.yaml; did you mean classes?",
        ),
        (
            "/train@train: classes",
            "/trian@train: classes",
            "trian",
            "no conf/trian/classes.yaml; did you mean /train?",
        ),
        (
            "/train@train: classes",
            "train@train: classes",
            "train@train",
            "no conf/dataset/train/classes.yaml; did you mean /train?",
        ),
        (
            "title: Iris",
            "title: ${datasets.wine.report.titel}",
            "title",
            "datasets.iris.report.title: Interpolation key 'datasets.wine.report.titel' not found",
        ),
    ],
)
def test_a_wrong_edit_of_a_dataset(conf, edit, old, new, at, sentence):
    assert told_of(conf, edit, IRIS, old, new) == [f"conf/{IRIS}:{line(IRIS, at)}: {sentence}"]


@pytest.mark.parametrize(
    ("old", "new", "at", "sentence"),
    [
        (
            "epochs: 20",
            "epochs: [20",
            "batch",
            "expected ',' or ']', but got ':' (while parsing a flow sequence in line ",
        ),
        ("  epochs: 20", "\tepochs: 20", "epochs", "found character '\\t' that cannot start any token"),
        ("batch: 10", "epochs: 10", "epochs: 10", "found duplicate key epochs (while constructing a mapping in line "),
    ],
)
def test_what_is_not_yaml(conf, edit, old, new, at, sentence):
    [mistake] = told_of(conf, edit, IRIS, old, new)
    assert mistake.startswith(f"conf/{IRIS}:{line(IRIS, at)}: not YAML: {sentence}")


def test_a_misspelt_key_is_also_a_missing_one(conf, edit):
    assert told_of(conf, edit, IRIS, "epochs: 20", "epoch: 20") == [
        f"conf/{IRIS}:{line(IRIS, '|train:')}: datasets.iris.train.epochs: missing; it has no default",
        f"conf/{IRIS}:{line(IRIS, 'epoch: 20')}: datasets.iris.train.epoch: unknown key; did you mean epochs?",
    ]


def test_a_branch_within_a_model(conf, edit):
    branches = "{kind: branches, inputs: {a: {kind: mlp, units: [0], activaton: relu}, b: {kind: lmst}}}"
    assert [t.partition(": ")[2] for t in told_of(conf, edit, IRIS, MODEL, branches)] == [
        "datasets.iris.train.model.inputs.a.units[0]: should be greater than or equal to 1; received 0",
        "datasets.iris.train.model.inputs.a.activaton: unknown key; did you mean activation?",
        "datasets.iris.train.model.inputs.b.kind: received 'lmst'; did you mean lstm?",
    ]


def test_a_mistake_that_datasets_share_is_told_once_where_it_stands(conf, edit):
    [mistake] = told_of(conf, edit, "train/classes.yaml", "metrics: [accuracy]", "metrics: [acuracy]")
    assert mistake == (
        f"conf/train/classes.yaml:{line('train/classes.yaml', 'metrics')}: "
        "datasets.iris.train.metrics[0], datasets.wine.train.metrics[0]: received 'acuracy'; did you mean accuracy?"
    )


def test_of_many_datasets_that_share_a_mistake_five_are_named(conf, edit):
    lines = [f"  - /dataset@datasets.iris{n}: iris" for n in range(6)]
    (conf / "suite/starter.yaml").write_text("\n".join(["# @package _global_", "defaults:", *lines, "suite: six", ""]))
    [sentence] = told_of(conf, edit, IRIS, "epochs: 20", "epochs: 0")
    assert sentence.count("datasets.iris") == 5
    assert ".epochs and 1 more: should be" in sentence


def test_mistakes_of_several_files_are_told_at_once(conf, edit):
    edit(IRIS, "seed: 0", "seed: -1")
    edit("dataset/wine.yaml", "batch: 16", "batch: 0")
    edit("train/values.yaml", "kind: adam", "kind: adma")
    assert [t.partition(": ")[0] for t in told(conf)] == [
        f"conf/{IRIS}:{line(IRIS, 'seed')}",
        f"conf/dataset/wine.yaml:{line('dataset/wine.yaml', 'batch')}",
        f"conf/train/values.yaml:{line('train/values.yaml', 'kind')}",
    ]


@pytest.mark.parametrize("content", ["", "# Later.\n"])
def test_an_empty_dataset(conf, content):
    (conf / IRIS).write_text(content)
    assert told(conf) == [
        f"conf/{IRIS}: datasets.iris.download, datasets.iris.preprocess, datasets.iris.train, datasets.iris.evaluate, "
        "datasets.iris.report: missing; it has no default"
    ]


def test_a_dataset_that_is_a_list(conf):
    (conf / IRIS).write_text("- download\n- train\n")
    assert told(conf) == [f"conf/{IRIS}: datasets.iris: should be keys with values; received ['download', 'train']"]


def test_a_list_where_a_group_has_keys(conf, edit):
    edit(IRIS, f"train:\n  model: {MODEL}\n  epochs: 20\n  batch: 10\n", "train: [mlp]\n")
    assert told(conf) == [f"conf/{IRIS}: Cannot merge keys with values with a list"]


def test_an_interpolation_that_does_not_end(conf, edit):
    """Hydra's own error is empty here; what caused it says more, and the file is found by reading them all."""
    assert told_of(conf, edit, IRIS, "epochs: 20", 'epochs: "${"') == [
        f"conf/{IRIS}:{line(IRIS, 'epochs')}: no viable alternative at input '${{'; ${{...}} names another key"
    ]


@pytest.mark.parametrize("defaults", ["defaults: classes\n", "defaults:\n"])
def test_defaults_that_are_no_list(conf, edit, defaults):
    [sentence] = told_of(conf, edit, IRIS, "defaults:\n  - /train@train: classes\n  - _self_\n", defaults)
    assert sentence.startswith(f"conf/{IRIS}: Invalid defaults list in 'dataset/iris', defaults must be a list")


def test_a_file_in_another_encoding(conf):
    (conf / IRIS).write_bytes((conf / IRIS).read_bytes().replace(b"title: Iris", "title: Größe".encode("latin-1")))
    assert told(conf) == [f"conf/{IRIS}: not text; save it as UTF-8"]


def test_a_dataset_that_is_not_there(conf):
    (conf / "dataset/wine.yaml").rename(conf / "dataset/wines.yaml")
    assert told(conf) == ["conf/suite/starter.yaml:4: no conf/dataset/wine.yaml; did you mean wines?"]


def test_a_suite_that_is_not_there(conf, edit):
    assert told_of(conf, edit, "config.yaml", "suite: starter", "suite: strater") == [
        f"conf/config.yaml:{line('config.yaml', 'suite:')}: no conf/suite/strater.yaml; did you mean starter?"
    ]


def test_a_suite_without_datasets(conf):
    (conf / "suite/starter.yaml").write_text("# @package _global_\nsuite: starter\n")
    assert told(conf) == ["conf: datasets: missing; it has no default"]


@pytest.mark.parametrize("name", ["Full", "full suite", "../full", "full.md", '""'])
def test_a_suite_whose_name_cannot_name_a_file(conf, edit, name):
    [sentence] = told_of(conf, edit, "suite/starter.yaml", "suite: starter", f"suite: {name}")
    at = f"conf/suite/starter.yaml:{line('suite/starter.yaml', '|suite:')}"
    assert sentence.startswith(f"{at}: suite: should be a name of lower-case letters, digits and _ only")


def test_a_suite_without_a_name(conf, edit):
    [sentence] = told_of(conf, edit, "suite/starter.yaml", "suite: starter", "")
    assert sentence.endswith("suite: missing; it has no default")


@pytest.mark.parametrize(
    ("key", "shown"), [("s&p.500", "s&p"), ("my-iris", "my-iris"), ("Iris", "Iris"), ("a b", "a b")]
)
def test_a_key_that_may_not_enter_a_command_line(conf, edit, key, shown):
    """Hydra takes a dot for a step down, so of `s&p.500` the first half is the key."""
    assert told_of(conf, edit, "suite/starter.yaml", "datasets.iris:", f"datasets.{key}:") == [
        f"conf/suite/starter.yaml:3: dataset key {shown!r}: use lower-case letters, digits and _ only"
    ]


def test_all_bad_keys_are_told_at_once(conf, edit):
    edit("suite/starter.yaml", "datasets.iris:", "datasets.Iris:")
    edit("suite/starter.yaml", "datasets.wine:", "datasets.wine-2:")
    assert [t.partition(": ")[0] for t in told(conf)] == ["conf/suite/starter.yaml:3", "conf/suite/starter.yaml:4"]


def test_what_a_clone_chose_for_itself_is_told_where_it_chose_it(conf):
    (conf / "local.yaml").write_text("# @package _global_\ndatasets:\n  iris:\n    train:\n      epochs: 0\n")
    assert told(conf) == [
        "conf/local.yaml:5: datasets.iris.train.epochs: should be greater than or equal to 1; received 0"
    ]


def test_what_a_dataset_lacks_is_not_blamed_on_the_clones_own_file(conf, edit):
    (conf / "local.yaml").write_text("# @package _global_\ndatasets:\n  iris:\n    train:\n      epochs: 5\n")
    [sentence] = told_of(conf, edit, IRIS, "  batch: 10\n", "")
    assert sentence.startswith(f"conf/{IRIS}:{line(IRIS, '|train:')}: datasets.iris.train.batch: missing")


def test_a_dataset_that_a_clone_misspelt(conf):
    (conf / "local.yaml").write_text("# @package _global_\ndatasets:\n  irsi:\n    report: {title: Iris}\n")
    assert told(conf) == [
        "conf/local.yaml:3: datasets.irsi.download, datasets.irsi.preprocess, datasets.irsi.train, "
        "datasets.irsi.evaluate: missing; it has no default"
    ]


def test_parameters_that_no_conf_explains_are_told_with_their_file():
    """As in an experiment, where -S made them."""
    with pytest.raises(UserError) as caught:
        check_parameters(Composition({"datasets": {"iris": 3, "wine": {"train": {}}}}, {}), Path("params.yaml"))
    assert {fault.partition(": ")[0] for fault in caught.value.messages} == {"params.yaml"}


def test_outside_a_repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"^conf/config\.yaml: not here; run this at the root of the repository$"):
        compose()
