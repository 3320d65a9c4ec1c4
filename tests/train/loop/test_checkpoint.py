"""Checkpoints: what they belong to, and how they are written and read. tests/train/test_every_model.py resumes."""

import pytest

from stages.core.artefacts.processed import write_processed
from stages.train.loop import checkpoint as checkpoint_module
from stages.train.loop import compiled_epochs
from stages.train.loop.checkpoint import TrainingCheckpoint, checkpoint_folder
from stages.train.loop.training_loop import train_seeds
from tests.train.interruption import Interrupted, interrupt_after
from tests.train.small_data import (
    DATA,
    input_spec,
    new_training,
    random_data,
    train_params,
    value_target,
    weights,
)


@pytest.fixture
def save_every_epoch(monkeypatch):
    monkeypatch.setattr(checkpoint_module, "SAVE_INTERVAL", 0.0)
    monkeypatch.setattr(compiled_epochs, "SAMPLES_PER_CALL", 1)


def test_refit_and_seeds_resume_to_the_same_bits(save_every_epoch, compile_once, tmp_path, monkeypatch):
    params = train_params(
        model={"kind": "mlp", "units": [4], "dropout": 0.5},
        optimizer={"kind": "adam", "learning_rate": 0.03},
        epochs=3,
        refit=True,
        seeds=2,
    )
    data = random_data({"x": input_spec(3)}, {"y": value_target()}, train=8)

    def train(folder):
        return [(t.seed, t.result, weights(t.model)) for t in train_seeds(data, params, "test", tmp_path / folder)]

    expected = train("whole")
    with monkeypatch.context() as patched:
        # Four saves for the three epochs of the search, then those of the refit.
        interrupt_after(5, patched)
        with pytest.raises(Interrupted):
            train("interrupted")
    files = sorted(path.name for path in (tmp_path / "interrupted").iterdir())
    assert files == ["0.refit.npz", "0.search.npz"]
    assert train("interrupted") == expected


def test_resuming_repeats_no_epoch(save_every_epoch, tmp_path, monkeypatch, capsys):
    training = new_training(train_params(epochs=4), DATA)
    checkpoint = TrainingCheckpoint(tmp_path / "0.npz")
    with monkeypatch.context() as patched:
        interrupt_after(3, patched)
        with pytest.raises(Interrupted):
            training.run(0, 4, "test", checkpoint)
    capsys.readouterr()
    training.run(0, 4, "test", checkpoint)
    assert [line.split(" loss")[0] for line in capsys.readouterr().out.splitlines()] == [
        "test: resuming after epoch 3",
        "test: 4/4",
    ]


def test_a_short_training_saves_no_checkpoint(tmp_path):
    new_training(train_params(), DATA).run(0, 1, "test", TrainingCheckpoint(tmp_path / "0.npz"))
    assert not list(tmp_path.iterdir())


def folder_of(root, **changes):
    return checkpoint_folder(root / "checkpoints", train_params(**changes), root / "data", root / "own")


def test_checkpoints_belong_to_parameters_versions_code_and_data(tmp_path, monkeypatch):
    write_processed(DATA, tmp_path / "data")
    first = folder_of(tmp_path)
    assert folder_of(tmp_path) == first
    assert folder_of(tmp_path, epochs=2) != first
    assert folder_of(tmp_path, seed=1) != first
    with monkeypatch.context() as patched:
        patched.setattr(checkpoint_module, "installed_versions", lambda *_: {"keras": "0"})
        assert folder_of(tmp_path) != first
    (tmp_path / "own").mkdir()
    (tmp_path / "own/mine.py").write_text("changed = True")
    own = folder_of(tmp_path)
    assert own != first
    (tmp_path / "own/mine.py").unlink()
    (tmp_path / "code/train").mkdir(parents=True)
    (tmp_path / "code/core").mkdir()
    (tmp_path / "code/train/loop.py").write_text("changed = True")
    with monkeypatch.context() as patched:
        patched.setattr(checkpoint_module, "_STAGES", tmp_path / "code")
        assert folder_of(tmp_path) != first
    write_processed(random_data({"x": input_spec(3)}, {"y": value_target()}, train=11), tmp_path / "data")
    assert folder_of(tmp_path) != first


def test_checkpoints_of_other_inputs_are_deleted(tmp_path):
    write_processed(DATA, tmp_path / "data")
    old = folder_of(tmp_path)
    TrainingCheckpoint(old / "0.search.npz").save([], [])
    assert folder_of(tmp_path) == old
    assert old.exists()
    folder_of(tmp_path, epochs=2)
    assert not old.exists()


def test_a_damaged_checkpoint_is_reported_and_ignored(tmp_path, capsys):
    path = tmp_path / "0.npz"
    path.write_bytes(b"PK\x03\x04 and nothing more")
    assert TrainingCheckpoint(path).load() is None
    message = capsys.readouterr().out
    assert str(path) in message
    assert "training starts from the beginning" in message
