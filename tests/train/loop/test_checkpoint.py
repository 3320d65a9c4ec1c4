"""A training that was ended from outside ends in the same bits as one that was not."""

from functools import cache

import pytest

from stages.core.artefacts.processed import write_processed
from stages.train.loop import checkpoint as resuming
from stages.train.loop import compiled_epochs as epochs
from stages.train.loop.checkpoint import Note, notes_of
from stages.train.loop.seeds import trials
from stages.train.loop.training import Training
from tests.train.made import an_input, params, processed, values

CNN = {"kind": "cnn", "filters": [3], "batch_norm": True, "augment": {"flip": True, "shift": 0.2}, "dropout": 0.5}
CNN |= {"units": [4]}
BRANCHES = {"kind": "branches", "inputs": {"p": {"kind": "gru", "cells": [2]}, "q": {"kind": "linear"}}, "units": [3]}
ONE, TWO = {"y": values()}, {"y": values(), "z": values("a", "b")}
DROPPING = {"kind": "mlp", "units": [6, 6], "dropout": 0.5}
SEVERAL = {"p": an_input(3, 1), "q": an_input(2)}
KINDS = {
    "dropout": ({"model": DROPPING}, {"x": an_input(3)}, ONE),
    "dropout fused": ({"model": DROPPING, "engine": "fused"}, {"x": an_input(3)}, ONE),
    "augmentation": ({"model": CNN}, {"x": an_input(4, 4, 3)}, ONE),
    "lstm": ({"model": {"kind": "lstm", "cells": [3, 2]}, "engine": "fused"}, {"x": an_input(4, 2)}, ONE),
    "several inputs": ({"model": BRANCHES}, SEVERAL, TWO),
    "refit and seeds": ({"model": DROPPING, "refit": True, "seeds": 2}, {"x": an_input(3)}, ONE),
    "early stopping": ({"model": DROPPING, "keep": "last", "early_stopping": {"patience": 4}}, {"x": an_input(3)}, ONE),
}
# When a training ends is its own affair, and no model's: at the first note, amidst, and after the last epoch.
MOMENTS = {"dropout": (1, 3, 6), "dropout fused": (1, 3, 6), "refit and seeds": (3, 6)}
ENDED = [(kind, writes) for kind in KINDS for writes in MOMENTS.get(kind, (3,))]


class Ended(BaseException):
    """As a kill does it: nobody is asked."""


@pytest.fixture
def noted(monkeypatch):
    """Every epoch is a call of its own, and noted."""
    monkeypatch.setattr(resuming, "EVERY", 0.0)
    monkeypatch.setattr(epochs, "AT_ONCE", 1)


def whole(terms, own, notes=None):
    """Every trial's outcome and weights."""
    found = trials(own, terms, "test", notes)
    return [(trial.seed, trial.outcome, [w.tobytes() for w in trial.model.get_weights()]) for trial in found]


def ended_after(writes, monkeypatch):
    """The process ends right after its so many'th note."""
    left = iter(range(writes - 1, -1, -1))
    write = Note.write

    def last_words(self, *given):
        write(self, *given)
        if next(left) == 0:
            raise Ended

    monkeypatch.setattr(Note, "write", last_words)


def given_for(kind):
    terms, inputs, targets = KINDS[kind]
    return params(optimizer={"kind": "adam", "learning_rate": 0.03}, epochs=5, **terms), processed(inputs, targets)


@cache
def undisturbed(kind):
    return whole(*given_for(kind))


@pytest.mark.parametrize(("kind", "writes"), ENDED)
def test_ended_anywhere_and_continued_is_the_same_bits(kind, writes, noted, tmp_path, monkeypatch):
    given, own = given_for(kind)
    write_processed(own, tmp_path / "processed")
    expected = undisturbed(kind)
    with monkeypatch.context() as patched:
        ended_after(writes, patched)
        with pytest.raises(Ended):
            whole(given, own, notes_of(tmp_path / "notes", given, tmp_path / "processed"))
    assert whole(given, own, notes_of(tmp_path / "notes", given, tmp_path / "processed")) == expected


def test_what_was_done_is_not_done_again(noted, tmp_path, monkeypatch, capsys):
    own = processed({"x": an_input(3)}, ONE)
    terms = params(epochs=4)
    note = Note(tmp_path / "0.npz")
    with monkeypatch.context() as patched:
        ended_after(3, patched)
        with pytest.raises(Ended):
            Training(own, terms).run(0, 4, "test", note)
    capsys.readouterr()
    Training(own, terms).run(0, 4, "test", note)
    assert [line.split(" loss")[0] for line in capsys.readouterr().out.splitlines()] == [
        "test: goes on after epoch 3",
        "test: 4/4",
    ]


def test_what_takes_no_time_is_not_noted(tmp_path):
    own = processed({"x": an_input(3)}, ONE)
    Training(own, params()).run(0, 1, "test", Note(tmp_path / "0.npz"))
    assert not list(tmp_path.iterdir())


def names(root, **changes):
    return notes_of(root / "notes", params(**changes), root / "data").folder


def test_a_note_belongs_to_these_parameters_this_data_and_this_code(tmp_path, monkeypatch):
    write_processed(processed({"x": an_input(3)}, ONE), tmp_path / "data")
    first = names(tmp_path)
    assert names(tmp_path) == first
    assert names(tmp_path, epochs=2) != first
    assert names(tmp_path, seed=1) != first
    monkeypatch.setattr(resuming, "versions", lambda *_: {"keras": "0"})
    assert names(tmp_path) != first
    monkeypatch.undo()
    (tmp_path / "code/train").mkdir(parents=True)
    (tmp_path / "code/core").mkdir()
    (tmp_path / "code/train/loop.py").write_text("other = True")
    monkeypatch.setattr(resuming, "_CODE", tmp_path / "code")
    assert names(tmp_path) != first
    monkeypatch.undo()
    write_processed(processed({"x": an_input(3)}, ONE, rows=11), tmp_path / "data")
    assert names(tmp_path) != first


def test_notes_for_something_else_are_cleared_away(tmp_path):
    write_processed(processed({"x": an_input(3)}, ONE), tmp_path / "data")
    old = notes_of(tmp_path / "notes", params(), tmp_path / "data")
    old.of("0.search").write([], [])
    new = notes_of(tmp_path / "notes", params(epochs=2), tmp_path / "data")
    assert not old.folder.exists()
    new.of("0.search").write([], [])
    new.forget()
    assert not (tmp_path / "notes").exists()


def test_a_note_that_cannot_be_read_is_told_and_left(tmp_path, capsys):
    (tmp_path / "0.npz").write_bytes(b"PK\x03\x04 and nothing more")
    assert Note(tmp_path / "0.npz").read() is None
    assert capsys.readouterr().out == f"{tmp_path / '0.npz'} cannot be read; this training begins anew\n"
