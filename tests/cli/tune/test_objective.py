"""The metric of a study is the headline, where the validation rows define it."""

import pytest

from stages.cli.tune.objective import choose_objective, compared_rows
from stages.cli.tune.trials.trial_data import TrialData
from stages.core.errors import UserError
from stages.evaluate.params import Evaluate
from tests.cli.tune.iris_study import composed_iris, write_study


@pytest.fixture(scope="module", name="data")
def _data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("iris")
    write_study(folder)
    return TrialData(folder / "data/raw/iris", folder)


def section(**changes):
    return composed_iris()["datasets"]["iris"]["preprocess"] | changes


def objective(data, headline, **changes):
    return choose_objective(Evaluate(headline=headline), data.processed(section(**changes)))


@pytest.mark.parametrize(
    ("headline", "better"),
    [("accuracy", "higher"), ("log_loss", "lower"), ("roc_auc", "higher"), ("macro_f1", "higher")],
)
def test_the_headline(data, headline, better):
    found = objective(data, headline)
    assert (found.target, found.metric, found.better, found.note) == ("species", headline, better, None)


def test_a_headline_that_the_validation_rows_do_not_define(data):
    """One row has one class, and a ROC curve needs two."""
    found = objective(data, "roc_auc", split={"test": 0.2, "validation": 0.007, "order": "shuffled"})
    assert found.metric == "accuracy"
    assert "roc_auc is not defined on the validation rows, since" in found.note


@pytest.mark.error_case("wrong tuning")
def test_a_headline_that_is_no_metric(data):
    with pytest.raises(UserError, match=r"evaluate.headline: 'acuracy' is not measured; did you mean accuracy\?"):
        objective(data, "acuracy")


@pytest.mark.error_case("wrong tuning")
def test_there_are_no_validation_rows(data):
    with pytest.raises(UserError, match=r"there is no validation split.*give preprocess.split.validation a share"):
        objective(data, "accuracy", split={"test": 0.2})


def test_rows_are_the_same_whatever_happens_to_the_inputs(data):
    standard, minmax, other = (
        compared_rows(data.processed(section(**changes)))
        for changes in (
            {},
            {"steps": [{"step": "minmax"}]},
            {"split": {"test": 0.2, "validation": 0.16, "order": "stratified", "seed": 1}},
        )
    )
    assert standard == minmax != other


def test_unchanged_parameters_are_preprocessed_once(data):
    assert data.processed(section()) is data.processed(section())
    assert data.processed(section(steps=[])) is not data.processed(section())
