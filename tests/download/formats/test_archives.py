import gzip
import tarfile
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.errors import UserError
from stages.download.formats.archives import read_member, read_members
from stages.download.params.file_params import Limits
from tests.download.hostile_archives import MEMBERS, hostile_archives, tar_header, with_checksum
from tests.download.sample_files import LIMITS, error_message, make_tar, make_zip, md5, opener

TAR = gzip.decompress(make_tar(MEMBERS))


@pytest.fixture(params=[make_zip, make_tar])
def make(request):
    return request.param


def read_all(archive, names=tuple(MEMBERS), limits=LIMITS, **keywords):
    return list(read_members(opener(archive), names, limits, **keywords))


def test_members_are_read_in_the_order_of_the_archive(make):
    assert read_all(make(MEMBERS)) == list(MEMBERS.items())
    assert read_member(opener(make(MEMBERS)), "data/b.csv", LIMITS) == b"b\n2\n"


def test_absent_members(make):
    assert error_message(read_all, make(MEMBERS), ["data/c.csv", "x"]) == (
        "no member 'data/c.csv'; did you mean data/b.csv?\nno member 'x'; allowed: data/a.csv, data/b.csv"
    )
    assert "no member 'data/a.csv'" in error_message(read_all, make({}))


def test_the_md5_of_a_member_is_checked(make):
    message = error_message(read_all, make(MEMBERS), md5={"data/a.csv": md5(b"other")})
    assert "member 'data/a.csv': wrong content" in message
    assert f"expected md5 {md5(b'other')}, received {md5(MEMBERS['data/a.csv'])}" in message
    assert read_all(make(MEMBERS), md5={"data/a.csv": md5(MEMBERS["data/a.csv"])})


@pytest.mark.error_case("archives refused")
@pytest.mark.parametrize(("archive", "message"), [pytest.param(*case, id=name) for name, *case in hostile_archives()])
def test_a_hostile_archive_is_refused(archive, message):
    received = error_message(read_all, archive, ["data/a.csv"])
    assert message in received
    assert len(received) < 250
    with pytest.raises(UserError):
        read_member(opener(archive), "data/a.csv", LIMITS)


def test_names_in_another_case_are_other_members(make):
    """Nothing is extracted, so a file system that ignores case does not matter."""
    archive = make({"data/A.csv": b"A", "./data/a.csv": b"."} | MEMBERS)
    assert read_member(opener(archive), "data/a.csv", LIMITS) == MEMBERS["data/a.csv"]


@pytest.mark.parametrize("member_type", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_nested_tar_headers_are_refused(member_type):
    """tarfile reads each of them recursively."""
    archive = gzip.compress(tar_header(member_type) * 3000)
    assert "not readable as tar.gz" in error_message(read_all, archive, limits=Limits(bytes=10_000_000))


def test_too_many_members_or_bytes(make):
    many = make({f"{n}.csv": b"" for n in range(LIMITS.members + 1)})
    assert error_message(read_all, many, ["0.csv"]) == "holds more than 10 members; limits.members allows no more"
    large = make({"data/a.csv": b"\0" * 1_000_000})
    assert len(large) < 5_000
    message = error_message(read_all, large, ["data/a.csv"])
    assert message == (
        "holds more than 100,000 bytes; limits.bytes allows no more; if you trust the file, set a larger one, such as "
        "limits: {bytes: 20000000000}"
    )
    two = make({"a": b"\0" * 600, "b": b"\0" * 600})
    assert "more than 1,000 bytes" in error_message(read_all, two, ["a", "b"], Limits(bytes=1_000))


@pytest.mark.parametrize("content", [b"", b"text", b"BZh9", b"7z\xbc\xaf"])
def test_other_files_are_no_archives(content):
    assert "neither a zip nor a tar.gz archive" in error_message(read_all, content)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, (1 << 32) - 1))
def test_changed_tar_headers_are_read_or_refused(seed):
    """Ten archives for each seed, since Hypothesis takes much longer than the reader."""
    random = Random(seed)
    for _ in range(10):
        changed = bytearray(TAR)
        for _ in range(random.randint(1, 4)):
            changed[random.randint(0, 2 * 512)] = random.randrange(256)
        for start in (0, 1024):
            changed[start : start + 512] = with_checksum(bytes(changed[start : start + 512]))
        with suppress(UserError):
            read_all(gzip.compress(bytes(changed), mtime=0))
