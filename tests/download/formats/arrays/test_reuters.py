import numpy as np
import pytest

from stages.core.artefacts.raw.raw_data import split_sizes
from stages.core.errors import UserError
from stages.download.formats.arrays.reuters import flatten, read_reuters, read_words, shuffled_splits
from stages.download.params.format_params import Reuters
from tests.download.sample_files import LIMITS, error_message, make_reuters, make_word_index, opener

PARAMS = Reuters(format="reuters", classes=["earn", "acq"])
RANKS = [[n, 2 * n] for n in range(1, 11)]
LABELS = [0, 1] * 5


def keras_load_data(xs, labels, test_split=0.2, seed=113, start_char=1, index_from=3):
    """The code of `keras.datasets.reuters.load_data` for all words."""
    rng = np.random.RandomState(seed)
    indices = np.arange(len(xs))
    rng.shuffle(indices)
    xs = [[start_char] + [w + index_from for w in xs[i]] for i in indices]
    labels = [labels[i] for i in indices]
    idx = int(len(xs) * (1 - test_split))
    return (xs[:idx], labels[:idx]), (xs[idx:], labels[idx:])


def test_texts_labels_and_splits_equal_those_of_keras():
    tokens = read_reuters(opener(make_reuters(RANKS, LABELS)), PARAMS, LIMITS)
    for split, (texts, labels) in zip(("train", "test"), keras_load_data(RANKS, LABELS), strict=True):
        assert [text.tolist() for text in tokens.texts(split)] == texts
        assert tokens.labels[split].tolist() == labels
    assert split_sizes(tokens) == {"train": 8, "test": 2}
    assert tokens.classes == ["earn", "acq"]


def test_the_published_sizes_of_the_splits():
    rows = shuffled_splits(11_228, 0.2, 113)
    assert {split: len(numbers) for split, numbers in rows.items()} == {"train": 8_982, "test": 2_246}
    assert sorted([*rows["train"], *rows["test"]]) == list(range(11_228))


def test_a_text_without_words_has_a_start():
    params = Reuters(format="reuters", classes=[], test=0.5)
    tokens = read_reuters(opener(make_reuters([[], [5]], [0, 1])), params, LIMITS)
    assert sorted(text.tolist() for split in tokens.ids for text in tokens.texts(split)) == [[1], [1, 8]]


@pytest.mark.parametrize(
    ("index_from", "words"),
    [
        (3, ["<padding>", "<start>", "<unknown>", "", "the", "of", "", ""]),
        (2, ["", "", "", "the", "of", "", "", ""]),
    ],
)
def test_every_id_has_a_word_or_an_empty_text(index_from, words):
    params = PARAMS.model_copy(update={"index_from": index_from})
    assert read_words(opener(make_word_index("the", "of")), params, LIMITS, largest_id=7) == words


@pytest.mark.parametrize(
    ("ranks", "labels", "message"),
    [
        ([[1], "ab"], [0, 1], "an array of lists is expected"),
        ([[1], [None]], [0, 1], "a word's rank must be a whole number"),
        ([[1], [-1]], [0, 1], "a word's rank must be a whole number"),
        ([[1], [10**18]], [0, 1], "a word's rank must be a whole number"),
        ([[1], [10**30]], [0, 1], "more than 64 bits"),
        ([[1], [2]], [0], "2 texts and 1 labels"),
        ([[1], [2]], [0, -1], "received -1 to 0"),
        ([[1], [2]], [0.5, 1], "labels must be whole numbers"),
    ],
)
def test_texts_and_labels_are_checked(ranks, labels, message):
    assert message in error_message(read_reuters, opener(make_reuters(ranks, labels)), PARAMS, LIMITS)


def test_a_list_that_is_used_many_times_is_counted_each_time():
    with pytest.raises(UserError, match=r"1,000,000 words; limits\.bytes allows 12,500"):
        flatten([list(range(1000))] * 1000, LIMITS.bytes)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not readable as JSON"),
        (b"[" * 100_000, "not readable as JSON"),
        (b"[1]", "the rank of every word"),
        (b'{"the": "1"}', "the rank of every word"),
        (b'{"the": 1, "of": 3}', "the ranks of 2 words must be 1 to 2, each once"),
        (b'{"the": 1000000000000}', "must be 1 to 1"),
    ],
)
def test_the_word_index_is_checked(content, message):
    assert message in error_message(read_words, opener(content), PARAMS, LIMITS, 0)
