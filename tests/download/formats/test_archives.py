import gzip
import tarfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.errors import UserError
from stages.download.formats.archives import member, members
from stages.download.params import Limits
from tests.download.bad_archives import HELD, archives, header
from tests.download.made import LIMITS, md5, opens, tarred, zipped


@pytest.fixture(params=[zipped, tarred])
def packed(request):
    return request.param


def refused(archive, wanted=("data/a.csv",), limits=LIMITS, **known):
    with pytest.raises(UserError) as mistake:
        list(members(opens(archive), wanted, limits, **known))
    return str(mistake.value)


def test_wanted_members_come_in_the_archives_order(packed):
    assert list(members(opens(packed(HELD)), set(HELD), LIMITS)) == list(HELD.items())
    assert member(opens(packed(HELD)), "data/b.csv", LIMITS) == b"b\n2\n"


def test_a_member_that_is_not_there(packed):
    assert refused(packed(HELD), ["data/c.csv", "x"]) == (
        "no member 'data/c.csv'; did you mean data/b.csv?\nno member 'x'; allowed: data/a.csv, data/b.csv"
    )
    assert "no member 'data/a.csv'" in refused(packed({}))


def test_a_members_content_is_checked(packed):
    known = {"data/a.csv": md5(b"other")}
    assert refused(packed(HELD), md5=known) == (
        f"member 'data/a.csv': wrong content: expected md5 {md5(b'other')}, received {md5(HELD['data/a.csv'])}"
    )
    assert member(opens(packed(HELD)), "data/a.csv", LIMITS, {"data/a.csv": md5(HELD["data/a.csv"])})


@pytest.mark.fault("archives refused")
@pytest.mark.parametrize(("archive", "said"), [pytest.param(*case, id=name) for name, *case in archives()])
def test_a_bad_archive_is_refused(archive, said):
    """Each member counts, wanted or not; the same words whether one member is asked for or several."""
    told = refused(archive)
    assert said in told
    assert len(told) < 250
    with pytest.raises(UserError):
        member(opens(archive), "data/a.csv", LIMITS)


def test_names_that_differ_in_letters_only_are_two_members(packed):
    """Nothing is extracted, so no file system can take one for the other."""
    both = packed({"data/A.csv": b"A", "./data/a.csv": b"."} | HELD)
    assert member(opens(both), "data/a.csv", LIMITS) == HELD["data/a.csv"]


def test_headers_of_headers_end_in_words():
    """tarfile reads each of them within the one before."""
    for kind in (tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME):
        assert "not readable as tar.gz" in refused(gzip.compress(header(kind) * 3000), limits=Limits(bytes=10_000_000))


def test_more_members_than_the_conf_allows(packed):
    many = {f"{n}.csv": b"" for n in range(LIMITS.members + 1)}
    assert refused(packed(many), ["0.csv"]) == "holds more than 10 members; limits.members allows no more"


def test_more_bytes_than_the_conf_allows(packed):
    bomb = packed({"data/a.csv": b"\0" * 1_000_000})
    assert len(bomb) < 5_000
    assert refused(bomb) == "holds more than 100,000 bytes; limits.bytes allows no more"


def test_bytes_of_all_wanted_members_count_together(packed):
    both = {"a": b"\0" * 600, "b": b"\0" * 600}
    assert "more than 1,000 bytes" in refused(packed(both), ["a", "b"], Limits(bytes=1_000))


@pytest.mark.parametrize("content", [b"", b"text", b"BZh9", b"7z\xbc\xaf"])
def test_what_is_no_archive(content):
    assert "neither a zip nor a tar.gz archive" in refused(content)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_change_of_an_archive_is_read_or_a_mistake(data):
    whole = data.draw(st.sampled_from([zipped(HELD), tarred(HELD), gzip.compress(tar_bytes(), mtime=0)]))
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(4, len(changed) - 1))] = data.draw(st.integers(0, 255))
    mistake_or_members(bytes(changed[: data.draw(st.integers(4, len(changed)))]))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_change_of_a_tars_headers_is_read_or_a_mistake(data):
    changed = bytearray(tar_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, 2 * 512))] = data.draw(st.integers(0, 255))
    for begin in (0, 1024):
        changed[begin + 148 : begin + 156] = b"%06o\0 " % tarfile.calc_chksums(changed[begin : begin + 512])[0]
    mistake_or_members(gzip.compress(bytes(changed), mtime=0))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([b"PK\x03\x04", b"\x1f\x8b\x08\x00", b""]), st.binary(max_size=200))
def test_any_bytes_are_read_or_a_mistake(beginning, rest):
    mistake_or_members(beginning + rest)


def tar_bytes():
    return gzip.decompress(tarred(HELD))


def mistake_or_members(content):
    with suppress(UserError):
        list(members(opens(content), set(HELD), LIMITS))
