import gzip
import io
import stat
import struct
import tarfile
import warnings
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.errors import Mistake
from stages.download.archives import member, members
from stages.download.params import Limits
from tests.download.made import LIMITS, md5, opens, tarred, zipped

HELD = {"data/a.csv": b"a\n1\n", "data/b.csv": b"b\n2\n"}


@pytest.fixture(params=[zipped, tarred])
def packed(request):
    return request.param


def refused(archive, wanted=("data/a.csv",), limits=LIMITS, **known):
    with pytest.raises(Mistake) as mistake:
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


@pytest.mark.parametrize("name", ["/etc/passwd", "../a", "data/../../a", "C:\\a", "..\\a", "\\\\host\\a"])
def test_names_that_lead_out_are_refused_even_if_nobody_wants_them(packed, name):
    assert "leads out of the archive" in refused(packed({name: b"x"} | HELD))


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE],
)
def test_links_and_devices_of_a_tar_are_refused(kind):
    info = tarfile.TarInfo("link")
    info.type, info.linkname = kind, "/etc/passwd"
    assert "'link' is a link, a device" in refused(tarred({"link": info} | HELD))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_of_a_zip_are_refused(kind):
    info = zipfile.ZipInfo("link")
    info.external_attr = (kind | 0o777) << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(info, "/etc/passwd")
        archive.writestr("data/a.csv", "")
    assert "'link' is a link, a device" in refused(packed.getvalue())


def test_the_same_name_twice_is_refused():
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("data/a.csv", "1")
        archive.writestr("data/a.csv", "2")
    assert "is there twice" in refused(packed.getvalue())


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


def test_sizes_in_headers_are_not_believed():
    """A tar whose member claims eight gigabytes and has four bytes; a zip that claims a byte and has a million."""
    info = tarfile.TarInfo("data/a.csv")
    info.size = 8 << 30
    assert "not readable as tar.gz" in refused(gzip.compress(info.tobuf() + b"a\n1\n"))
    lying = bytearray(zipped({"data/a.csv": b"\0" * 1_000_000}))
    directory = lying.rindex(b"PK\x01\x02")
    lying[directory + 24 : directory + 28] = struct.pack("<I", 1)
    assert len(refused(bytes(lying))) < 200


def test_a_long_name_of_a_tar_is_counted_too():
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1_000_000
    assert "more than 100,000 bytes" in refused(gzip.compress(info.tobuf() + b"\0" * 1_000_448))


def test_an_encrypted_member_and_one_packed_otherwise():
    encrypted = bytearray(zipped(HELD))
    for header, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        encrypted[encrypted.index(header) + at] |= 1
    assert "'data/a.csv' is encrypted" in refused(bytes(encrypted))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("data/a.csv", "1")
    assert "in another way than deflate" in refused(packed.getvalue())


@pytest.mark.parametrize("content", [b"", b"text", b"BZh9", b"7z\xbc\xaf"])
def test_what_is_no_archive(content):
    assert "neither a zip nor a tar.gz archive" in refused(content)


@pytest.mark.parametrize("keep", [3, 10, 40, 80])
def test_an_archive_that_was_cut_short(packed, keep):
    assert refused(packed(HELD)[:keep])


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
    with suppress(Mistake):
        list(members(opens(content), set(HELD), LIMITS))
