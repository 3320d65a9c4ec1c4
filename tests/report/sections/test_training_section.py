from stages.report.sections.training_section import dotted, gap_sentence, learning
from tests.report.fakes import flowers, prices, training

HISTORY = {"epoch": [1, 2, 3], "loss": [3.0, 2.0, 1.0], "val_loss": [3.0, 1.5, 2.0], "lr": [0.1, 0.1, 0.1]}


def test_each_metric_gets_a_chart_with_train_beside_validation():
    found = learning(HISTORY, training(best_epoch=2, epochs=3), {}, flowers().processed.fitted)
    assert [(c.title, [name for _, name in c.legend]) for c in found.charts] == [
        ("Loss", ["train", "validation"]),
        ("Lr", ["train"]),
    ]
    assert "best: epoch 2" in found.charts[0].svg


def test_the_story_names_the_best_epoch_and_whose_weights_were_kept():
    best = learning(HISTORY, training(2, 3), {}, flowers().processed.fitted).sentence
    assert best == "3 epochs of training; validation loss was best after epoch 2. The weights of epoch 2 were kept."


def test_the_best_epoch_is_named_even_where_the_last_weights_are_kept():
    found = learning(HISTORY, training(2, 3, kept="last"), {}, flowers().processed.fitted)
    assert found.sentence == (
        "3 epochs of training; validation loss was best after epoch 2. The weights of the last epoch were kept."
    )
    assert "best: epoch 2" in found.charts[0].svg


def test_a_refit_names_the_epoch_that_was_best_before_it():
    found = learning(HISTORY, training(2, 3, kept="refit"), {}, flowers().processed.fitted)
    assert found.sentence == (
        "3 epochs of training; validation loss was best after epoch 2. "
        "A fresh model was then trained for 2 epochs on training and validation rows together."
    )
    assert "best: epoch 2" in found.charts[0].svg


def test_missing_validation_and_a_scaled_target_are_said():
    history = {"epoch": [1], "loss": [1.0]}
    found = learning(history, training(1, 1, monitor="loss"), {}, prices().processed.fitted)
    assert "training loss was best" in found.sentence
    assert "No rows were set aside for validation" in found.sentence
    assert "scaled unit" in found.sentence
    assert found.gap == ""


def test_a_loss_that_falls_far_is_drawn_on_a_logarithmic_scale():
    history = {"epoch": [1, 2], "loss": [500.0, 0.5]}
    assert learning(history, training(2, 2), {}, flowers().processed.fitted).charts[0].note == "logarithmic scale"


def test_a_prefixed_metric_finds_its_target():
    assert dotted("width_mean_squared_error") == "width.mean_squared_error"
    assert "width: mean absolute error +0.5" in gap_sentence({"width_mae": 0.5})
