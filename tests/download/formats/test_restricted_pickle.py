import pickle
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.errors import UserError
from stages.download.formats import restricted_pickle as pickled
from stages.download.formats.cifar import read_cifar
from stages.download.formats.restricted_pickle import Stored, unpickled
from stages.download.formats.reuters import read_newswires
from stages.download.params import Cifar, Limits, Newswires
from tests.download.bad_pickles import CALLED, EVAL, SYSTEM, pickles, shaped
from tests.download.made import opens, pictures, tarred, zipped

META = pickle.dumps({"label_names": ["cat"]}, 2)
OBJECTS = b"\x93NUMPY\x01\x00\x76\x00" + b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n"

BATCH = {
    "data": pictures(2),
    "labels": [3, 255, 70_000, -1, 10**20],
    "name": "x",
    "bytes": b"\x00\xff",
    "none": [None, True],
}


@pytest.mark.parametrize("protocol", range(5))
def test_a_batch_is_what_the_real_module_reads(protocol):
    read = unpickled(pickle.dumps(BATCH, protocol))
    np.testing.assert_array_equal(read.pop("data").content, BATCH["data"], strict=True)
    assert read == {name: value for name, value in BATCH.items() if name != "data"}


def test_bytes_of_python_2_are_bytes_and_names_are_text():
    """`{'labels': [1], 'name': 'a'}` as cPickle of Python 2 wrote it."""
    written = b"\x80\x02}q\x01(U\x06labelsq\x02]q\x03K\x01aU\x04nameq\x04T\x01\x00\x00\x00aq\x05u."
    assert unpickled(written) == {"labels": [1], "name": b"a"}


@pytest.mark.parametrize("kind", [">i2", "<f4", "u1", "?", ">f8"])
def test_arrays_of_every_order_and_layout(kind):
    array = np.asfortranarray(np.arange(6).reshape(2, 3).astype(kind))
    read = unpickled(pickle.dumps(array, 2)).content
    np.testing.assert_array_equal(read, array)
    assert read.dtype == array.dtype


def test_objects_stay_the_list_that_they_are_written_as():
    lists = np.empty(2, object)
    lists[:] = [[1, 2], [3]]
    assert unpickled(pickle.dumps(lists, 4)) == Stored([[1, 2], [3]])


@pytest.mark.fault("pickles refused")
@pytest.mark.parametrize(("content", "said"), [pytest.param(*bad, id=name) for name, *bad in pickles()])
def test_a_bad_pickle_is_refused_and_calls_nothing(content, said, tmp_path, monkeypatch):
    """As it is, as a batch of CIFAR's and as Reuters' lists; were it run, a file would be there."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as mistake:
        unpickled(content)
    assert said in str(mistake.value)
    assert len(str(mistake.value)) < 400
    form = Cifar(format="cifar", splits={"train": ["b"]}, labels="labels", meta="m", names="label_names")
    with pytest.raises(UserError, match=r"^b: "):
        read_cifar(opens(tarred({"b": content, "m": META})), form, Limits(), {})
    with pytest.raises(UserError):
        read_newswires(opens(zipped({"x.npy": OBJECTS + content})), Newswires(format="newswires", classes=[]), Limits())
    assert not list(tmp_path.iterdir())


def test_the_evil_ones_would_be_there_if_they_were_run(tmp_path, monkeypatch):
    """A corpus of harmless pickles would show nothing."""
    monkeypatch.chdir(tmp_path)
    pickle.loads(pickle.dumps(SYSTEM))
    assert (tmp_path / CALLED).exists()
    (tmp_path / CALLED).unlink()
    pickle.loads(pickle.dumps(EVAL)).close()
    assert (tmp_path / CALLED).exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "ends too early"),
        (b"\x80\x02]q\x00(K\x01", "ends too early"),
        (b"a.", "a value is missing"),
        (b"(K\x01K\x02(a.", "a value is missing"),
        (b"u.", "a mark is missing"),
        (b"}(K\x01u.", "a value is missing"),
        (b"}(K\x01K\x02u.", "str expected, int found"),
        (b"h\x05.", "nothing is remembered as 5"),
        (b"]}b.", "tuple expected, dict found"),
        (b"])b.", "tries to change list"),
    ],
)
def test_what_is_damaged_is_said_with_its_place(content, said):
    with pytest.raises(UserError) as mistake:
        unpickled(content)
    assert said in str(mistake.value)


def test_a_shape_is_believed_only_with_the_bytes_for_it():
    assert unpickled(shaped(b"K\x01K\x01\x86")).content.shape == (1, 1)


def test_a_pickle_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(pickled, "STEPS", 100)
    with pytest.raises(UserError, match="more than 100 steps"):
        unpickled(b"N" * 200)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_a_mistake(content):
    mistake_or_value(content)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_change_of_a_batch_is_read_or_a_mistake(data):
    written = bytearray(
        pickle.dumps({"data": np.zeros((2, 3), np.uint8), "labels": [1, 2]}, data.draw(st.integers(0, 4)))
    )
    for _ in range(data.draw(st.integers(1, 4))):
        written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    mistake_or_value(bytes(written))


def mistake_or_value(content):
    with suppress(UserError):
        unpickled(content)
