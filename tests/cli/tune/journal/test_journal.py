"""The journal of finished trials, cut at any byte, as a kill may leave it."""

import pytest

from stages.cli.tune.journal.journal import open_journal
from stages.cli.tune.study import TrialRecord
from stages.core.errors import UserError

TRIALS = [
    TrialRecord(
        number=number,
        round=0,
        values={"train.batch": "8", "train.optimizer.learning_rate": 0.1 + 0.2, "train.model.activation": "'ü'"},
        state="complete",
        value=0.1 * number,
        epochs=4,
        rungs={2: 0.5},
    )
    for number in (1, 0, 2)
]


@pytest.fixture(name="path")
def _path(tmp_path):
    return tmp_path / "study/journal.jsonl"


def write(path, trials=TRIALS):
    journal = open_journal(path)
    for trial in trials:
        journal.add(trial)


def read(path):
    return dict(open_journal(path).trials)


def test_trials_are_read_back_as_they_were(path):
    write(path)
    assert read(path) == {trial.number: trial for trial in TRIALS}


def test_a_new_journal_is_empty(path):
    assert read(path) == {}


def test_trials_are_in_the_file_at_once(path):
    open_journal(path).add(TRIALS[0])
    assert path.read_bytes().count(b"\n") == 1


def test_a_journal_cut_at_any_byte_has_the_trials_before_and_goes_on(path):
    write(path)
    whole = path.read_bytes()
    ends = [n + 1 for n, byte in enumerate(whole) if byte == ord("\n")]
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        kept = TRIALS[: sum(end <= length for end in ends)]
        assert read(path) == {trial.number: trial for trial in kept}
        write(path, TRIALS[len(kept) :])
        assert path.read_bytes() == whole


def test_a_sorted_journal_does_not_depend_on_which_trial_ended_first(tmp_path):
    contents = set()
    for number, order in enumerate((TRIALS, TRIALS[::-1], sorted(TRIALS, key=lambda trial: trial.number))):
        journal = open_journal(tmp_path / f"{number}.jsonl")
        for trial in order:
            journal.add(trial)
        journal.sort()
        assert list(read(journal.path)) == [0, 1, 2]
        journal.add(TRIALS[0].model_copy(update={"number": 3}))
        contents.add(journal.path.read_bytes())
    [content] = contents
    assert content.count(b"\n") == 4


@pytest.mark.error_case("damaged files")
@pytest.mark.parametrize("line", [b"{}", b"\xff", b"[1]", b'{"number": 1}'])
def test_a_damaged_line_is_reported_with_its_number(path, line):
    write(path)
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(UserError, match=r"journal.jsonl:4: damaged; remove the file"):
        read(path)
