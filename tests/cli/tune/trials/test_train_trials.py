"""Trials are trained as the stages train, and none depends on those that the process trained before."""

import pytest

from stages.cli.tune.run_rounds import trial_sections
from stages.cli.tune.workers.messages import ComparisonTask, TrialTask
from stages.core import paths
from stages.core.artefacts.processed import read_processed, write_processed
from stages.core.artefacts.raw.raw_files import read_raw
from stages.core.errors import UserError
from stages.core.parameters.validation_errors import type_adapter
from stages.core.rounding import round_significant
from stages.preprocess.params import Preprocess
from stages.preprocess.preprocess_data import preprocess
from stages.train.params import Train
from tests.cli.tune.iris_study import EPOCHS, iris_parameters
from tests.cli.tune.trials.conftest import new_preparation
from tests.train.small_data import weights

RATE, UNITS, STEPS = "train.optimizer.learning_rate", "train.model.units", "preprocess.steps"
MINMAX = "[{step: minmax}]"
VALUES = [
    {},
    {RATE: 0.03},
    {RATE: 0.003},
    {UNITS: "[8, 4]", RATE: 0.03},
    {STEPS: MINMAX},
    {STEPS: MINMAX, RATE: 0.05, UNITS: "[4]"},
]


@pytest.fixture(name="sections")
def _sections(iris_folder):
    parameters = iris_parameters(iris_folder)
    return lambda values: trial_sections(parameters.sections, parameters.ranges, values)


@pytest.fixture(scope="module")
def used_preparation(iris_folder):
    """What a worker has after the other tests with it: it compiles once for all. No trial depends on those before."""
    return new_preparation(iris_folder)


def train(preparation, sections, number=0, **more):
    from stages.cli.tune.trials.train_trials import train_trial

    return train_trial(TrialTask(number=number, sections=sections, **more), preparation)


def without_seconds(result):
    return result.model_copy(update={"seconds": 0.0})


def test_a_trial_has_the_weights_and_the_value_of_the_stages(preparation, sections, iris_folder, tmp_path):
    """The stage preprocess writes files, and the stages train and evaluate read files."""
    from stages.evaluate.model_evaluation import evaluate_model
    from stages.inference.keras_model.load_model import load_model
    from stages.train.loop.training_loop import train_seeds
    from stages.train.model.save_model import save_model

    chosen = sections(VALUES[-1])
    result = train(preparation, chosen)
    of_trial = weights(preparation.prepare(chosen).training.model)

    raw = read_raw(iris_folder / "data/raw/iris")
    write_processed(preprocess(raw, type_adapter(Preprocess).validate_python(chosen["preprocess"])), tmp_path / "iris")
    processed = read_processed(tmp_path / "iris")
    params: Train = type_adapter(Train).validate_python(chosen["train"])
    [trained] = train_seeds(processed, params, "iris", tmp_path / "checkpoints")
    (tmp_path / "model").mkdir()
    save_model(trained.model, tmp_path / "model")
    model = load_model(tmp_path / "model")
    evaluation = evaluate_model(model, processed, "validation", params.losses(processed.fitted.targets))

    assert of_trial == weights(model)
    assert result.value == round_significant(evaluation.metrics["species"]["accuracy"])
    assert (result.state, result.epochs, result.best_epoch) == ("complete", EPOCHS, trained.result.best_epoch)


@pytest.mark.long
def test_the_order_of_trials_has_no_effect(preparation, sections):
    forward = [without_seconds(train(preparation, sections(values))) for values in VALUES]
    backward = [without_seconds(train(preparation, sections(values))) for values in reversed(VALUES)]
    assert backward[::-1] == forward
    assert len({result.value for result in forward}) > 1


def test_the_same_weights_after_other_trials(preparation, sections):
    train(preparation, sections(VALUES[1]))
    alone = weights(preparation.prepare(sections(VALUES[1])).training.model)
    # Two use its compiled functions, and one has other data.
    for values in VALUES[::2]:
        train(preparation, sections(values))
    train(preparation, sections(VALUES[1]))
    assert weights(preparation.prepare(sections(VALUES[1])).training.model) == alone


def test_compiled_functions_are_used_again_for_another_learning_rate(preparation, sections):
    first = preparation.prepare(sections({RATE: 0.03})).training
    assert preparation.prepare(sections({RATE: 0.003})).training is first
    assert preparation.prepare(sections({UNITS: "[8, 4]"})).training is not first
    assert preparation.prepare(sections({STEPS: MINMAX})).training is not first


def test_a_large_model_counts_with_its_variables(preparation, sections):
    """Adam has two numbers for each weight, and early stopping keeps a copy of the best weights."""
    from stages.cli.tune.trials.trainings import training_bytes

    small, large = (preparation.prepare(sections({UNITS: f"[{units}]"})).training for units in (4, 1004))
    more_weights = large.model.count_params() - small.model.count_params()
    assert training_bytes(large) - training_bytes(small) == 4 * 4 * more_weights == 4 * 4 * 1000 * (4 + 1 + 3)


def test_a_rate_that_follows_a_schedule_is_compiled(preparation, sections):
    def with_schedule(rate):
        chosen = sections({RATE: rate})
        chosen["train"]["optimizer"]["schedule"] = {"kind": "cosine"}
        return chosen

    trainings = {preparation.prepare(with_schedule(rate)).training for rate in (0.03, 0.003)}
    assert len(trainings) == 2


def test_rungs_have_the_value_of_a_training_that_ended_there(used_preparation, sections):
    result = train(used_preparation, sections({}), rungs=[2, 4])
    for epochs in (2, 4):
        shorter = sections({})
        shorter["train"]["epochs"] = epochs
        assert train(used_preparation, shorter).value == result.rungs[epochs]
    assert without_seconds(train(used_preparation, sections({}))).value == result.value


def test_a_trial_behind_the_limit_is_stopped(used_preparation, sections):
    result = train(used_preparation, sections({}), rungs=[2, 4], limits={4: 2.0})
    assert (result.state, result.epochs, list(result.rungs)) == ("stopped", 4, [2, 4])
    assert result.value == result.rungs[4]


def test_a_trial_on_the_limit_goes_on(used_preparation, sections):
    result = train(used_preparation, sections({}), rungs=[2])
    again = train(used_preparation, sections({}), rungs=[2], limits={2: result.rungs[2]})
    assert without_seconds(again) == without_seconds(result)


@pytest.mark.error_case("wrong tuning")
def test_a_training_that_diverges(used_preparation, sections):
    chosen = sections({RATE: 1e20})
    chosen["train"]["optimizer"] = {"kind": "sgd", "learning_rate": 1e20}
    with pytest.raises(UserError, match="is not finite in epoch"):
        train(used_preparation, chosen)


@pytest.mark.error_case("wrong tuning")
def test_values_that_are_wrong_together(used_preparation, sections):
    """Each was checked with the other parameters of conf/."""
    chosen = sections({})
    chosen["train"]["optimizer"] = {"kind": "adam", "schedule": {"kind": "cosine", "warm_up": EPOCHS + 1}}
    with pytest.raises(UserError, match=f"^train: the schedule's warm_up, {EPOCHS + 1}, is longer than all"):
        train(used_preparation, chosen)
    chosen = sections({})
    chosen["preprocess"]["steps"] = [{"step": "divide", "by": 0}]
    with pytest.raises(UserError, match=r"^preprocess\.steps\[0\]\.by: "):
        train(used_preparation, chosen)


@pytest.mark.error_case("wrong tuning")
def test_parameters_that_move_the_validation_rows(used_preparation, sections):
    chosen = sections({})
    chosen["preprocess"]["split"]["seed"] = 5
    with pytest.raises(UserError, match="give other validation or test rows than those in conf/"):
        train(used_preparation, chosen)


@pytest.mark.error_case("wrong tuning")
def test_parameters_that_do_not_fit_the_data(used_preparation, sections):
    chosen = sections({})
    chosen["train"]["output"] = {"specis": "softmax"}
    with pytest.raises(UserError, match="specis"):
        train(used_preparation, chosen)


def compare(preparation, default, best):
    from stages.cli.tune.trials.compare_trials import compare_trials

    return compare_trials(ComparisonTask(default=default, best=best), preparation)


def test_the_comparison_measures_both_on_the_same_rows(used_preparation, sections):
    chosen = sections(VALUES[-1])
    validation, test = compare(used_preparation, sections({}), chosen)
    assert (validation.split, validation.rows, test.split, test.rows) == ("validation", 24, "test", 30)
    assert validation.default == train(used_preparation, sections({})).value
    assert validation.best == train(used_preparation, chosen).value
    assert validation.improvement == pytest.approx(validation.best - validation.default, abs=1e-5)
    low, high = validation.interval
    assert low <= validation.improvement <= high
    assert validation.resamples == 1000


def test_the_default_against_itself(used_preparation, sections):
    for found in compare(used_preparation, sections({}), sections({})):
        assert (found.improvement, found.interval) == (0, (0, 0))


def test_with_refit_the_test_rows_are_predicted_by_the_refitted_model(used_preparation, sections):
    plain, refitted = sections(VALUES[-1]), sections(VALUES[-1])
    refitted["train"]["refit"] = True
    validation, test = compare(used_preparation, plain, refitted)
    assert validation.improvement == 0
    assert test.default != test.best or test.interval != (0, 0)


OWN_MODEL = """\
import keras


def build(inputs, outputs, units):
    x = keras.layers.Dense(units, activation="relu")(inputs["x"].tensor)
    heads = {n: keras.layers.Dense(o.units, activation=o.activation, name=n)(x) for n, o in outputs.items()}
    return keras.Model({"x": inputs["x"].tensor}, heads)
"""


def test_a_model_of_ones_own(preparation, sections, iris_folder, monkeypatch):
    monkeypatch.chdir(iris_folder)
    paths.MODEL_FILES.mkdir(parents=True)
    (paths.MODEL_FILES / "mine.py").write_text(OWN_MODEL)
    chosen = sections({})
    results = []
    for units in (4, 8, 4):
        chosen["train"]["model"] = {"kind": "own", "build": "mine.py:build", "arguments": {"units": units}}
        results.append(without_seconds(train(preparation, chosen)))
    assert results[0] == results[2]
    (paths.MODEL_FILES / "mine.py").write_text(OWN_MODEL.replace("keras.Model(", "keras.Modle("))
    with pytest.raises(UserError, match=r"conf/models/mine.py:7: AttributeError"):
        train(preparation, chosen)
