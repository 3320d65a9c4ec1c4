"""A model of the user's own: what `build` gets, what it may return, and how mistakes are reported before training."""

import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from stages.core.artefacts.processed import Fitted
from stages.core.errors import UserError
from stages.core.own_model.model_files import ModelFiles
from stages.inference.keras_model.load_model import load_model
from stages.train.loop.training_loop import Training
from stages.train.model.build_model import build_model
from stages.train.model.own_model import explain_training_errors
from stages.train.model.save_model import save_archive, save_model
from stages.train.training_files import layer_records
from tests.core.own_model.example_files import MINE, OWN, import_files
from tests.train.small_data import (
    DATA,
    class_target,
    fitted_data,
    image_input,
    input_spec,
    random_data,
    text_input,
    train_params,
    value_target,
    weights,
)

IMPORTS = "import keras\nimport numpy as np\nfrom keras import layers\n\nfrom .layers import Scale\n\n\n"
FITTED = DATA.fitted


def function(*lines: str, parameters: str = "inputs, outputs") -> str:
    return "\n".join([f"def build({parameters}):", *(f"    {line}" for line in lines), ""])


def built(root: Path, text: str = MINE, fitted: Fitted = FITTED, **settings: Any) -> keras.Model:
    return build_model(train_params(model=OWN, **settings), fitted, import_files(root, mine=text))


def training(root: Path, text: str = MINE, **settings: Any) -> Training:
    files = import_files(root, mine=text)
    params = train_params(**{"model": OWN} | settings)
    with explain_training_errors(files, params):
        return Training(DATA, params, files)


def error_message(root: Path, text: str, **settings: Any) -> str:
    with pytest.raises(UserError) as caught:
        training(root, text, **settings)
    [message] = caught.value.messages
    return message


def test_build_gets_inputs_outputs_and_arguments(tmp_path: Path) -> None:
    text = function(
        "global GIVEN",
        "GIVEN = (inputs, outputs, depth)",
        "x = layers.Flatten()(inputs['x'].tensor)",
        "return keras.Model(inputs['x'].tensor, layers.Dense(3)(x))",
        parameters="inputs, outputs, depth",
    )
    fitted = fitted_data({"x": image_input([], 4, 4, 3)}, {"kind": class_target("one_hot", 3)})
    files = import_files(tmp_path, mine=IMPORTS + text)
    settings = {"loss": "categorical_crossentropy", "output": "softmax"}
    build_model(train_params(model=OWN | {"arguments": {"depth": [1, {"a": None}]}}, **settings), fitted, files)
    inputs, outputs, depth = files.modules["mine.py"].GIVEN
    assert (inputs["x"].tensor.shape, inputs["x"].tensor.name) == ((None, 4, 4, 3), "x")
    assert (inputs["x"].kind, inputs["x"].columns, inputs["x"].shape) == ("pixels", ["image"], (4, 4, 3))
    assert (outputs["kind"].units, outputs["kind"].activation) == (3, "softmax")
    assert (outputs["kind"].columns, outputs["kind"].classes) == (["kind"], ["a", "b", "c"])
    assert depth == [1, {"a": None}]


def test_build_knows_the_number_of_words(tmp_path: Path) -> None:
    text = function(
        "x = inputs['x']",
        "return keras.Model(x.tensor, layers.Dense(1)(layers.Dense(x.ids, name='words')(x.tensor)))",
    )
    model = built(tmp_path, IMPORTS + text, fitted_data({"x": text_input(6)}, {"y": value_target()}))
    assert model.get_layer("words").units == 6


def test_a_sigmoid_of_an_own_loss_has_one_unit(tmp_path: Path) -> None:
    fitted = fitted_data({"x": input_spec(3)}, {"y": class_target("integer", 2)})
    model = built(tmp_path, fitted=fitted, loss="mine.py:absolute_error", output="sigmoid")
    assert model.get_layer("y").units == 1


@pytest.mark.parametrize(
    "returned",
    [
        "keras.Model(x, layers.Dense(1)(x))",
        "keras.Model([x], [layers.Dense(1)(x)])",
        "keras.Model({'x': x}, {'y': layers.Dense(1, name='other')(x)})",
        "keras.Sequential([x, layers.Dense(1)])",
    ],
)
def test_a_model_may_have_one_input_and_output_without_names(returned: str, tmp_path: Path) -> None:
    model = built(tmp_path, IMPORTS + function("x = inputs['x'].tensor", f"return {returned}"))
    assert set(model.input) == {"x"}
    assert set(model.output) == {"y"}
    assert model.count_params() == 4


def test_several_outputs_are_found_by_the_names_of_their_layers(tmp_path: Path) -> None:
    text = function("x = inputs['x'].tensor", "return keras.Model(x, [layers.Dense(1, name=n)(x) for n in outputs])")
    fitted = fitted_data({"x": input_spec(3)}, {"y": value_target(), "z": value_target()})
    assert [*built(tmp_path, IMPORTS + text, fitted).output] == ["y", "z"]


def test_a_subclass_of_model_keeps_its_training_step(tmp_path: Path) -> None:
    """Its weights change by the sum of two steps."""
    text = (
        "@keras.saving.register_keras_serializable(package='tests')\n"
        "class Twice(keras.Model):\n"
        "    def train_step(self, data):\n"
        "        super().train_step(data)\n"
        "        return super().train_step(data)\n\n\n"
    ) + function("x = inputs['x'].tensor", "return Twice({'x': x}, {'y': layers.Dense(1, name='y')(x)})")
    twice = training(tmp_path / "twice", IMPORTS + text, optimizer={"kind": "sgd"}, shuffle=False, batch=10)
    once = training(tmp_path / "once", IMPORTS + text.replace("        super().train_step(data)\n", "", 1),
                    optimizer={"kind": "sgd"}, shuffle=False, batch=10)  # fmt: skip
    once.run(0, 2, "test")
    twice.run(0, 1, "test")
    for a, b in zip(twice.model.get_weights(), once.model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_initial_weights_and_names_depend_on_the_seed_alone(tmp_path: Path) -> None:
    first, again, other = (built(tmp_path, seed=seed) for seed in (1, 1, 2))
    assert weights(first) == weights(again) != weights(other)
    assert [layer.name for layer in first.layers] == [layer.name for layer in other.layers]


def test_a_model_with_own_layers_is_saved_as_the_same_bytes_and_opened_in_safe_mode(tmp_path: Path) -> None:
    files = import_files(tmp_path)
    params = train_params(model=OWN, loss="mine.py:absolute_error", metrics=["mine.py:Count"])
    archives = []
    for _ in range(2):
        model = build_model(params, FITTED, files)
        save_model(model, tmp_path)
        archives.append((tmp_path / "model.keras").read_bytes())
    assert archives[0] == archives[1]
    opened = load_model(tmp_path, model_files=files)
    x = DATA.inputs("train")
    np.testing.assert_array_equal(opened(x)["y"], model(x)["y"])
    with pytest.raises(UserError, match=r"asks for .*own_model\.layers\.Scale, which is not allowed"):
        load_model(tmp_path)


def test_a_manipulated_file_of_an_own_model_is_refused(tmp_path: Path) -> None:
    """The layers of Keras are allowed, but none that carries code."""
    files = import_files(tmp_path)
    save_archive(build_model(train_params(model=OWN), FITTED, files), tmp_path / "good.keras")
    changes = {b'"Dense"': b'"Lambda"', b"tests>Scale": b"pathlib>Path", b"doubled": b"eval"}
    for before, after in changes.items():
        with zipfile.ZipFile(tmp_path / "good.keras") as good, zipfile.ZipFile(tmp_path / "model.keras", "w") as bad:
            for name in good.namelist():
                bad.writestr(name, good.read(name).replace(before, after))
        with pytest.raises(UserError, match=r"model\.keras: damaged"):
            load_model(tmp_path, model_files=files)


def test_an_own_loss_and_metric_are_those_of_keras(tmp_path: Path) -> None:
    settings = {"model": OWN, "epochs": 2, "keep": "last"}
    files = import_files(tmp_path)
    own = train_params(loss="mine.py:absolute_error", metrics=["mine.py:absolute_error", "mine.py:Count"], **settings)
    ours = train_params(loss="mean_absolute_error", metrics=["mean_absolute_error"], **settings)
    histories = [Training(DATA, params, files).run(0, 2, "test").history for params in (own, ours)]
    for mine, keras_own in zip(*histories, strict=True):
        assert mine["loss"] == mine["absolute_error"] == keras_own["loss"]
        assert mine["val_loss"] == keras_own["val_loss"]
        assert (mine["Count"], mine["val_Count"]) == (10, 4)


@pytest.mark.parametrize(("mode", "choose"), [("min", min), ("max", max)])
def test_the_mode_says_which_value_of_an_own_metric_is_better(mode: str, choose: Any, tmp_path: Path) -> None:
    settings = {"metrics": ["mine.py:largest_error"], "monitor": "val_largest_error", "mode": mode}
    files = import_files(tmp_path)
    optimizer = {"kind": "sgd", "learning_rate": 0.3}
    params = train_params(model={"kind": "linear"}, epochs=4, optimizer=optimizer, **settings)
    result = Training(DATA, params, files).run(0, 4, "test")
    values = [metrics["val_largest_error"] for metrics in result.history]
    assert len(set(values)) == 4
    assert result.best_epoch == 1 + values.index(choose(values))


def test_a_layer_that_is_used_twice_is_recorded(tmp_path: Path) -> None:
    text = function(
        "x, scale = inputs['x'].tensor, Scale(name='scale')",
        "x = scale(scale(x))",
        "return keras.Model(inputs['x'].tensor, layers.Dense(1)(x))",
    )
    records = layer_records(built(tmp_path, IMPORTS + text))
    assert [(record.name, record.output, record.parameters) for record in records] == [
        ("x", "(None, 3)", 0),
        ("scale", "(None, 3)", 3),
        ("dense", "(None, 1)", 4),
        ("y", "(None, 1)", 0),
    ]


def test_operations_on_tensors_are_saved(tmp_path: Path) -> None:
    text = function(
        "x = inputs['x'].tensor",
        "x = keras.ops.concatenate([x[:, :1] * 2 + 1, keras.ops.sin(x)], axis=-1)",
        "return keras.Model(inputs['x'].tensor, layers.Dense(1)(x))",
    )
    assert training(tmp_path, IMPORTS + text).model.count_params() == 5


def test_the_engine_follows_the_layers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many: dict[str, Any] = {"epochs": 2000, "batch": 2}
    assert training(tmp_path, MINE.replace("Scale()(x)", "x"), **many).engine == "fused"
    assert training(tmp_path, **many).engine == "plain"
    assert capsys.readouterr().out == "engine plain: Scale may not fit the fused engine; train.engine names it\n"
    assert training(tmp_path, **many, engine="fused").engine == "fused"
    assert training(tmp_path, epochs=2).engine == "plain"


@pytest.mark.error_case("own models")
def test_fused_is_refused_for_convolutions(tmp_path: Path) -> None:
    text = function(
        "x = layers.Conv1D(2, 1, name='mine')(layers.Reshape((3, 1))(inputs['x'].tensor))",
        "return keras.Model(inputs['x'].tensor, layers.Dense(1)(layers.Flatten()(x)))",
    )
    assert error_message(tmp_path, IMPORTS + text, engine="fused").startswith(
        "train.engine: fused cannot train layer mine (Conv1D) of conf/models/mine.py: build; use plain"
    )


X = "x = inputs['x'].tensor"
MISTAKES: dict[str, tuple[str, str]] = {
    "an exception": (function("", "raise ValueError('no')"), ":10: ValueError: no"),
    "an exception in a layer": (
        function(X, "return keras.Model(x, layers.Dense(1)(layers.Conv2D(1, 3)(x)))"),
        ":10: ValueError: Input 0 with name",
    ),
    "no model": (function(X, "return x"), ": build: should return a keras.Model; received KerasTensor"),
    "nothing": (function(X), ": build: should return a keras.Model; received NoneType"),
    "a model without layers": (function("return keras.Model()"), ": build: the model has no inputs"),
    "another input": (
        function("z = keras.Input((3,), name='z')", "return keras.Model(z, layers.Dense(1)(z))"),
        ": build: the model takes the inputs z; it should take x",
    ),
    "another output": (
        function(X, "return keras.Model(x, {'z': layers.Dense(1)(x)})"),
        ": build: the model has the outputs z; it should have y",
    ),
    "two outputs": (
        function(X, "return keras.Model(x, [layers.Dense(1, name='y')(x), layers.Dense(1, name='z')(x)])"),
        ": build: the model has the outputs y, z; it should have y",
    ),
    "another shape": (
        function(X, "return keras.Model(x, layers.Dense(4)(x))"),
        ": build: output y has the shape (None, 4); it should have (None, 1)",
    ),
    "no weights": (
        function(X, "return keras.Model(x, x[:, :1])"), ": build: the model has no weights to train",
    ),
    "weights by NumPy": (
        function(
            X,
            "value = np.random.default_rng().normal()",
            "return keras.Model(x, layers.Dense(1, kernel_initializer=keras.initializers.Constant(value))(x))",
        ),
        ": build: two calls with the same seed returned different layers or initial weights",
    ),
    "a class that is not registered": (
        "class Mine(layers.Layer):\n    def call(self, x):\n        return 2 * x\n\n\n"
        + function(X, "return keras.Model(x, layers.Dense(1)(Mine()(x)))"),
        ": build: the saved model could not be opened: config.json asks for own_model.mine.Mine",
    ),
    "a function that is not registered": (
        "def twice(x):\n    return 2 * x\n\n\n"
        + function(X, "return keras.Model(x, layers.Dense(1, activation=twice)(x))"),
        ": build: the saved model could not be opened: config.json asks for",
    ),
    "a lambda": (
        function(X, "return keras.Model(x, layers.Dense(1, activation=lambda x: x)(x))"),
        ": build: the saved model could not be opened: ",
    ),
    "a layer without its config": (
        "@keras.saving.register_keras_serializable()\n"
        "class Mine(layers.Layer):\n"
        "    def __init__(self, factor):\n"
        "        super().__init__()\n"
        "        self.factor = factor\n\n"
        "    def call(self, x):\n"
        "        return x * self.factor\n\n\n"
        + function(X, "return keras.Model(x, layers.Dense(1)(Mine(3)(x)))"),
        ": build: the saved model could not be opened: ",
    ),
    "random numbers without a generator": (
        "@keras.saving.register_keras_serializable()\n"
        "class Noise(layers.Layer):\n"
        "    def call(self, x, training=False):\n"
        "        return x + keras.random.normal(keras.ops.shape(x)) if training else x\n\n\n"
        + function(X, "return keras.Model(x, layers.Dense(1)(Noise()(x)))"),
        ": build: a layer draws random numbers without a seed generator",
    ),
    "the name of a target": (
        function(X, "return keras.Model(x, {'y': layers.Dense(1)(layers.Dense(2, name='y')(x))})"),
        ": build: ValueError: ",
    ),
}  # fmt: skip


@pytest.mark.error_case("own models")
@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_message_before_the_training(name: str, tmp_path: Path) -> None:
    text, message = MISTAKES[name]
    received = error_message(tmp_path, IMPORTS + text)
    assert received.startswith("conf/models/mine.py")
    assert message in received
    assert len(received.splitlines()) == 1


@pytest.mark.error_case("own models")
@pytest.mark.parametrize("settings", [{"loss": "mine.py:absolute_error"}, {"metrics": ["mine.py:absolute_error"]}])
def test_an_exception_in_a_loss_or_a_metric_has_its_line(settings: dict[str, Any], tmp_path: Path) -> None:
    text = MINE.replace("return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)", "return y_true / nothing")
    line = text[: text.index("nothing")].count("\n") + 1
    assert error_message(tmp_path, text, **settings).startswith(f"conf/models/mine.py:{line}: NameError: ")


@pytest.mark.error_case("own models")
@pytest.mark.parametrize(("engine", "advice"), [(None, ""), ("fused", "; if it cannot be compiled by XLA, use")])
def test_an_error_of_tensorflow_without_a_line_names_the_files(engine: str | None, advice: str, tmp_path: Path) -> None:
    params, files = train_params(model=OWN, engine=engine), import_files(tmp_path)
    with pytest.raises(UserError) as caught, explain_training_errors(files, params):
        raise tf.errors.InvalidArgumentError(None, None, "no kernel")
    start = f"training with conf/models/layers.py, conf/models/mine.py{advice}"
    assert str(caught.value).startswith(start)
    assert str(caught.value).endswith(": InvalidArgumentError: no kernel")


@pytest.mark.error_case("own models")
def test_arguments_that_do_not_fit_are_reported(tmp_path: Path) -> None:
    received = error_message(tmp_path, MINE, model=OWN | {"arguments": {"unit": 3}})
    assert received.startswith("conf/models/mine.py: build: TypeError: build() got an unexpected keyword argument")


def test_a_training_of_an_own_model_is_repeated_to_the_same_bits(tmp_path: Path) -> None:
    model = OWN | {"arguments": {"dropout": 0.5}}
    data = random_data({"x": input_spec(3)}, {"y": value_target()}, train=9)
    results = []
    for folder in ("a", "b"):
        files: ModelFiles = import_files(tmp_path / folder)
        trained = Training(data, train_params(model=model, epochs=2, optimizer={"kind": "adam"}), files)
        results.append((trained.run(3, 2, "test"), weights(trained.model)))
    assert results[0] == results[1]
