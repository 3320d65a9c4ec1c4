"""Mistakes in the Python files of conf/models, and in the parameters that name them, found without an import."""

from pathlib import Path

import pytest

from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import compose
from stages.core.errors import UserError
from tests.config.conftest import Edit
from tests.core.own_model.example_files import FILES, LAYERS, MINE

MODEL = "{kind: mlp, units: [512, 256, 128, 64, 32], activation: relu}"
OWN = "{kind: own, build: 'mine.py:build', files: [layers.py]}"
LINE = "conf/dataset/iris.yaml:"


@pytest.fixture
def own(conf: Path, edit: Edit) -> Path:
    """Iris has a model of its own."""
    edit("dataset/iris.yaml", MODEL, OWN)
    write(conf, **{name.removesuffix(".py"): text for name, text in FILES.items()})
    return conf


def write(conf: Path, **files: str) -> None:
    for name, text in files.items():
        (conf / "models").mkdir(exist_ok=True)
        (conf / f"models/{name}.py").write_text(text)


def reported(conf: Path) -> list[str]:
    with pytest.raises(UserError) as caught:
        check_parameters(compose(conf), conf)
    return list(caught.value.messages)


def test_the_files_are_named_by_their_parameters(own: Path) -> None:
    train = check_parameters(compose(own), own).datasets["iris"].train
    assert train.model_files == {"mine.py": ("model", "build"), "layers.py": ("model", "files", 0)}
    assert train.own_functions == {("model", "build"): "mine.py:build"}


@pytest.mark.error_case("own models")
@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("{kind: own}", "train.model.build: missing"),
        ("{kind: own, build: mine.py}", "build: should be a Python file in conf/models and a function in it"),
        ("{kind: own, build: '../mine.py:build'}", "received '../mine.py:build'"),
        ("{kind: own, build: 'mine.py:build', files: [sub/layers.py]}", "files[0]: should be the name of a Python"),
        ("{kind: own, build: 'mine.py:build', file: [layers.py]}", "file: unknown key; did you mean files?"),
        ("{kind: own, build: 'mein.py:build'}", "conf/models/mein.py: not found; did you mean mine.py?"),
        (OWN.replace("layers.py", "layer.py"), "files[0]: conf/models/layer.py: not found; did you mean layers.py?"),
        (OWN.replace(":build", ":biuld"), "conf/models/mine.py has no function biuld; did you mean build?"),
        (OWN.replace("}", ", arguments: {unit: 3}}"), "arguments.unit: conf/models/mine.py:8: build has no parameter"),
        (OWN.replace("}", ", arguments: {units: .nan}}"), "arguments"),
        (OWN.replace("}", ", arguments: [3]}"), "arguments: should be keys with values; received [3]"),
    ],
)
def test_a_wrong_parameter_is_explained(model: str, message: str, own: Path, edit: Edit) -> None:
    edit("dataset/iris.yaml", OWN, model)
    first = reported(own)[0]
    assert first.startswith(LINE)
    assert message in first


@pytest.mark.error_case("own models")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def build(inputs, outputs)\n    pass\n", "mine.py:1: expected ':'"),
        ("import keras\n  x = 1\n", "mine.py:2: unexpected indent"),
        ("x = 1\0\n", "mine.py"),
        ("import pandas as pd\n" + MINE, "mine.py:1: import of pandas: only keras, numpy, tensorflow, the standard"),
        ("from stages.core import paths\n" + MINE, "mine.py:1: import of stages.core: only keras"),
        ("import layers\n" + MINE, "mine.py:1: import of layers: write `from .layers import ...`"),
        ("from .other import x\n" + MINE, "mine.py:1: import of .other: add other.py to train.model.files"),
        ("from . import other\n" + MINE, "mine.py:1: import of .other: add other.py to train.model.files"),
        ("from ..dataset import x\n" + MINE, "mine.py:1: only files of conf/models can be imported relatively"),
        ("def f():\n    import scipy.stats\n" + MINE, "mine.py:2: import of scipy.stats: only keras"),
        ("from keras.layers import Lambda\n" + MINE, "mine.py:1: a Lambda layer is saved as code"),
        (MINE.replace("layers.Flatten()", "layers.Lambda(abs)"), "mine.py:10: a Lambda layer is saved as code"),
        ("def build(inputs):\n    pass\n", "mine.py:1: build must take the parameters inputs and outputs; received"),
        ("def build(inputs, outputs, depth):\n    pass\n", "mine.py:1: build needs depth, which has no default"),
        ("def build(inputs, outputs, *, depth):\n    pass\n", "mine.py:1: build needs depth, which has no default"),
    ],
)
def test_a_wrong_file_is_explained_with_its_line(text: str, message: str, own: Path) -> None:
    write(own, mine=text)
    [only] = reported(own)
    assert f"conf/models/{message}" in only


def test_all_mistakes_of_all_files_are_reported(own: Path, edit: Edit) -> None:
    edit("dataset/iris.yaml", OWN, OWN.replace("}", ", arguments: {unit: 3, droput: 0.5}}"))
    write(own, layers="import scipy\nimport pandas\n" + LAYERS)
    assert [message.partition(": ")[0].rpartition("/")[2] for message in reported(own)] == [
        *("layers.py:1", "layers.py:2"),
        *[Path(LINE).name + str(line_of(own, "kind: own"))] * 2,
    ]


def line_of(conf: Path, text: str) -> int:
    lines = (conf / "dataset/iris.yaml").read_text().splitlines()
    return 1 + next(number for number, line in enumerate(lines) if text in line)


def test_a_mistake_in_a_file_of_two_datasets_is_reported_once(own: Path, edit: Edit) -> None:
    edit("dataset/wine.yaml", "model: {", f"model: {OWN}\n  #")
    write(own, mine="import pandas\n" + MINE)
    assert len(reported(own)) == 1


@pytest.mark.parametrize("build", ["build = make", "from .layers import build", "class build:\n    pass"])
def test_a_function_may_be_assigned_or_imported(build: str, own: Path) -> None:
    write(own, mine=f"def make(inputs, outputs):\n    pass\n\n\n{build}\n")
    check_parameters(compose(own), own)


def test_an_unused_file_does_not_matter(own: Path) -> None:
    write(own, draft="import pandas\ndef\n")
    check_parameters(compose(own), own)


def test_a_loss_and_a_metric_need_their_functions(own: Path, edit: Edit) -> None:
    edit("dataset/iris.yaml", "  epochs: 20", "  epochs: 20\n  loss: mine.py:los\n  metrics: ['mine.py:largest_error']")
    [only] = reported(own)
    assert only.endswith("datasets.iris.train.loss: conf/models/mine.py has no function los")


def test_a_file_that_is_too_large_is_refused(own: Path) -> None:
    write(own, mine="#" * 1_000_001)
    assert reported(own) == ["conf/models/mine.py: 1,000,001 bytes; at most 1,000,000 are accepted"]
