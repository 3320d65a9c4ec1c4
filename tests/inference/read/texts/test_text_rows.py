import io

import numpy as np
import pytest

from stages.core.errors import UserError
from stages.inference.read.texts import text_blocks, token_array_blocks
from stages.inference.read.texts.text_rows import read_texts
from stages.inference.read.texts.word_values import UNKNOWN, tokens_from_texts, word_values
from tests.inference.read.example_inputs import messages, npz_of, word_schema, write_files, zip_of

START, THE, PROFIT, COMPANYS = 1, 3, 4, 5
TEXT, IDS = "The company's other profit.", [START, THE, COMPANYS, UNKNOWN, PROFIT]


def read(source, schema=None):
    return list(read_texts(source, schema or word_schema()))


def ids(blocks):
    return [text.tolist() for block in blocks for text in block.rows.columns["text"]]


def error(source, schema=None):
    with pytest.raises(UserError) as caught:
        read(source, schema)
    return str(caught.value)


def test_words_become_numbers_after_that_of_the_start():
    assert [text.tolist() for text in tokens_from_texts([TEXT, "?"], word_schema())] == [IDS, [START]]
    assert [text.tolist() for text in tokens_from_texts([TEXT], word_schema(start=None))] == [IDS[1:]]


def test_names_of_reserved_numbers_are_no_words():
    [text] = tokens_from_texts(["<start> <unknown>"], word_schema())
    assert text.tolist() == [START, UNKNOWN, UNKNOWN]


def test_a_text_is_a_line():
    [block] = read(io.BytesIO(f"\ufeff{TEXT}\r\nprofit\n\nthe".encode()))
    assert ids([block]) == [IDS, [START, PROFIT], [START, THE]]
    assert (block.numbers.tolist(), block.carried) == ([1, 2, 4], {})
    assert messages([block]) == ["row 3: column text: no text"]


def test_a_text_is_a_file_of_a_folder_or_zip(tmp_path):
    contents = {
        "b.txt": b"profit\nthe\n",
        "a/b.TXT": b"the",
        ".hidden": b"x",
        "c.md": b"x",
        "d.txt": b" ",
        "e.txt": b"\xff",
    }
    write_files(tmp_path / "wires", contents)
    for source in (tmp_path / "wires", io.BytesIO(zip_of(contents))):
        [block] = read(source)
        assert ids([block]) == [[START, THE], [START, PROFIT, THE]]
        assert (block.numbers.tolist(), block.carried) == ([1, 2], {"file": ["a/b.TXT", "b.txt"]})
        assert messages([block]) == [
            "row 3: column text: c.md: not a .txt file",
            "row 4: column text: d.txt: no text",
            "row 5: column text: e.txt: not UTF-8",
        ]
        assert block.left_out == {3: {"file": "c.md"}, 4: {"file": "d.txt"}, 5: {"file": "e.txt"}}


@pytest.mark.parametrize(("name", "value"), [("MAX_ROWS", 2), ("MAX_CHARACTERS", 9)])
def test_blocks_are_bounded(monkeypatch, name, value):
    monkeypatch.setattr(text_blocks, name, value)
    blocks = read(io.BytesIO(b"profit\nthe the\nthe\n"))
    assert [block.numbers.tolist() for block in blocks] == [[1, 2], [3]]


@pytest.mark.error_case("new texts refused")
def test_unusable_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(text_blocks, "MAX_BYTES", 9)
    assert error(tmp_path) == f"{tmp_path}: no texts"
    assert error(tmp_path / "a.txt") == f"{tmp_path}/a.txt: no such file or folder"
    assert error(io.BytesIO(b"")) == "standard input: no texts"
    assert error(io.BytesIO(b"the\n" + 10 * b"x")) == "standard input: line 2: a text of more than 9 bytes"
    assert error(io.BytesIO(b"the"), word_schema(None)) == (
        "standard input: the dataset has word numbers without the words; give an npz file with word numbers"
    )


@pytest.mark.error_case("new texts refused")
def test_a_long_file_is_a_problem_of_its_row(monkeypatch):
    monkeypatch.setattr(text_blocks, "MAX_BYTES", 9)
    blocks = read(io.BytesIO(zip_of({"a.txt": 10 * b"x", "b.txt": b"the"})))
    assert messages(blocks) == ["row 1: column text: a.txt: a text of more than 9 bytes"]
    assert ids(blocks) == [[START, THE]]


TEXTS = [[1, 7, 8], [1], [], [1, 9]]
FLAT = np.array([1, 7, 8, 1, 1, 9], np.uint16)
OFFSETS = np.array([0, 3, 4, 4, 6])


@pytest.mark.parametrize(
    ("limits", "numbers"),
    [({}, [[1, 2, 3, 4]]), ({"MAX_ROWS": 3}, [[1, 2, 3], [4]]), ({"MAX_WORDS": 3}, [[1], [2, 3, 4]])],
)
def test_word_numbers_of_an_npz_file(monkeypatch, limits, numbers):
    for name, value in limits.items():
        monkeypatch.setattr(token_array_blocks, name, value)
    blocks = read(io.BytesIO(npz_of(ids=FLAT, offsets=OFFSETS)), word_schema(None))
    assert ids(blocks) == TEXTS
    assert [block.numbers.tolist() for block in blocks] == numbers
    assert [index for block in blocks for index in block.carried["index"]] == ["0", "1", "2", "3"]


@pytest.mark.error_case("new texts refused")
@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": FLAT}, "no array ids and offsets; text r is ids[offsets[r] : offsets[r + 1]]"),
        ({"ids": FLAT}, "no array offsets; "),
        ({"ids": FLAT, "offsets": OFFSETS + 1}, "offsets: begin with 1; expected 0"),
        ({"ids": FLAT, "offsets": OFFSETS[[0, 2, 1, 4]]}, "offsets: become smaller"),
        ({"ids": FLAT, "offsets": OFFSETS[:-1]}, "ids: 6 word numbers; the last of offsets is 4"),
        ({"ids": FLAT, "offsets": OFFSETS[:1]}, "offsets: int64 of shape (1,); expected whole numbers"),
        ({"ids": FLAT, "offsets": OFFSETS.astype(float)}, "offsets: float64 of shape (5,); expected whole numbers"),
        ({"ids": FLAT.astype(float), "offsets": OFFSETS}, "ids: float64 of shape (6,); expected the word numbers"),
        ({"ids": FLAT[None], "offsets": OFFSETS}, "ids: uint16 of shape (1, 6); expected the word numbers"),
        ({"ids": -FLAT.astype(int), "offsets": OFFSETS}, "ids: -9 is no word number; expected 0 or more"),
        ({"ids": FLAT.astype(np.uint64) << 63, "offsets": OFFSETS}, "ids: -9223372036854775808 is no word number"),
    ],
)
def test_unusable_word_numbers_are_refused(arrays, message):
    assert error(io.BytesIO(npz_of(**arrays))).startswith(f"standard input: {message}")


def test_values_are_texts_or_lists_of_word_numbers():
    rows, wrong = word_values([TEXT, [1, 4], "the"], word_schema())
    assert [row.tolist() for row in rows] == [IDS, [1, 4], [START, THE]]
    assert wrong == {}
    assert [row.tolist() for row in word_values([[1, 4]], word_schema(None))[0]] == [[1, 4]]


@pytest.mark.error_case("new texts refused")
def test_a_wrong_value_is_a_sentence_and_has_no_words():
    rows, wrong = word_values(["the", None, " ", [], [1, -1], [True], [2**63], 5, {}], word_schema())
    assert [len(row) for row in rows] == [2, 0, 0, 0, 0, 0, 0, 0, 0]
    assert wrong == {
        **dict.fromkeys([1, 2, 3], "no text"),
        **dict.fromkeys([4, 5, 6], "a list with something else than word numbers"),
        7: "5 is neither a text nor a list of word numbers",
        8: "{} is neither a text nor a list of word numbers",
    }
