import numpy as np
import pytest

from stages.core.artefacts.raw import split_sizes
from stages.core.errors import UserError
from stages.download.formats.reuters import flat, read_newswires, read_words, shuffled
from stages.download.params import Limits, Newswires
from tests.download.made import LIMITS, newswires_npz, opens, word_index

FORM = Newswires(format="newswires", classes=["earn", "acq"])
RANKS = [[n, 2 * n] for n in range(1, 11)]
LABELS = [0, 1] * 5


def keras_load_data(xs, labels, test_split=0.2, seed=113, start_char=1, index_from=3):
    """What `keras.datasets.reuters.load_data` does with every word kept."""
    rng = np.random.RandomState(seed)
    indices = np.arange(len(xs))
    rng.shuffle(indices)
    xs = [[start_char] + [w + index_from for w in xs[i]] for i in indices]
    labels = [labels[i] for i in indices]
    idx = int(len(xs) * (1 - test_split))
    return (xs[:idx], labels[:idx]), (xs[idx:], labels[idx:])


def test_texts_labels_and_splits_are_those_that_keras_delivers():
    tokens = read_newswires(opens(newswires_npz(RANKS, LABELS)), FORM, LIMITS)
    for split, (texts, labels) in zip(("train", "test"), keras_load_data(RANKS, LABELS), strict=True):
        assert [text.tolist() for text in tokens.texts(split)] == texts
        assert tokens.labels[split].tolist() == labels
    assert split_sizes(tokens) == {"train": 8, "test": 2}
    assert tokens.classes == ["earn", "acq"]


def test_the_published_sizes_of_the_splits():
    rows = shuffled(11_228, 0.2, 113)
    assert {split: len(chosen) for split, chosen in rows.items()} == {"train": 8_982, "test": 2_246}
    assert sorted([*rows["train"], *rows["test"]]) == list(range(11_228))


def test_a_text_without_words_still_starts():
    tokens = read_newswires(
        opens(newswires_npz([[], [5]], [0, 1])), Newswires(format="newswires", classes=[], test=0.5), LIMITS
    )
    assert sorted(text.tolist() for split in tokens.ids for text in tokens.texts(split)) == [[1], [1, 8]]


def test_every_id_has_its_word_or_none():
    words = read_words(opens(word_index("the", "of")), FORM, LIMITS, largest=7)
    assert words == ["<padding>", "<start>", "<unknown>", "", "the", "of", "", ""]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (newswires_npz([[1], "ab"], [0, 1]), "an array of lists is expected"),
        (newswires_npz([[1], [None]], [0, 1]), "a word's rank must be a whole number"),
        (newswires_npz([[1], [-1]], [0, 1]), "a word's rank must be a whole number"),
        (newswires_npz([[1], [10**30]], [0, 1]), "a word's rank must be a whole number"),
        (newswires_npz([[1], [2]], [0]), "2 texts and 1 labels"),
        (newswires_npz([[1], [2]], [0, -1]), "labels go from -1 to 0"),
        (newswires_npz([[1], [2]], [0.5, 1]), "labels must be whole numbers"),
    ],
)
def test_what_is_wrong_with_texts_is_said(content, said):
    with pytest.raises(UserError) as mistake:
        read_newswires(opens(content), FORM, LIMITS)
    assert said in str(mistake.value)


def test_one_long_list_met_many_times_is_counted_every_time():
    long = list(range(1000))
    with pytest.raises(UserError, match=r"1,000,000 words; limits\.bytes allows 12,500"):
        flat([long] * 1000, Limits(bytes=100_000).bytes)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not readable as JSON"),
        (b"[" * 100_000, "not readable as JSON"),
        (b"[1]", "the rank of every word"),
        (b'{"the": "1"}', "the rank of every word"),
        (b'{"the": 1, "of": 3}', "the ranks of 2 words must be 1 to 2, each once"),
        (b'{"the": 1000000000000}', "must be 1 to 1"),
    ],
)
def test_what_is_wrong_with_words_is_said(content, said):
    with pytest.raises(UserError) as mistake:
        read_words(opens(content), FORM, LIMITS, 0)
    assert said in str(mistake.value)
