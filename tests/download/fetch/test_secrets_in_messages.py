"""Secrets in an address of a mirror, and in an address that a server redirects to, are left out of messages.

conf/ cannot have a secret, but RESTAGE_MIRROR may, and a signed address of a bucket is a usual target of a redirect.
"""

import traceback

import pytest

from stages.core.errors import UserError
from stages.download.fetch.download_files import download
from stages.download.fetch.transfers.mirror import Mirror
from stages.download.load_source import read_files
from tests.download.sample_files import ZERO_HASH, http_params, sha256

SECRET = "hunter2"
ROWS = b"a,b\n1,2\n"


def redirect(target):
    return lambda request: request.send(302, b"", {"Location": target, "Content-Length": 0})


def failed(params, cache, mirror=None):
    """The message and the traceback, as --debug shows it."""
    with pytest.raises(UserError) as caught:
        download(params, cache, mirror)
    text = str(caught.value) + "".join(traceback.format_exception(caught.value))
    assert SECRET not in text
    return text


@pytest.mark.error_case("secrets found")
@pytest.mark.parametrize(
    "target",
    [
        "/missing?X-Amz-Signature=hunter2",
        "ftp://bob:hunter2@127.0.0.1/a.csv?token=hunter2",
        "http://bob:hunter2@127.0.0.1:1/a.csv?sig=hunter2",
        "http://bob:hunter2@:x/a.csv?sig=hunter2",
        "http://bob:hunter2@/a.csv",
    ],
)
def test_a_redirect(server, tmp_path, pauses, target):
    url = server.serve("/a.csv", redirect(server.root + target if target.startswith("/") else target))
    assert url in failed(http_params({"urls": [url], "sha256": ZERO_HASH}, retries=0), tmp_path)


@pytest.mark.error_case("secrets found")
@pytest.mark.parametrize(
    "root",
    [
        "http://bob:hunter2@127.0.0.1:1/mirror",
        "http://127.0.0.1:1/mirror?token=hunter2&path=",
        "s3://AKIA:hunter2@bucket",
        "nonsense://bob:hunter2@host",
        "http://bob:hunter2@[::1/mirror",
        "/nowhere?token=hunter2&path=",
    ],
)
def test_a_mirror(tmp_path, pauses, root):
    failed(http_params({"mirror": "a.csv", "sha256": ZERO_HASH}, retries=0), tmp_path, Mirror(root))


def test_a_mirror_with_a_password_is_not_recorded(server, tmp_path):
    server.serve("/a.csv", (200, ROWS))
    mirror = Mirror(server.root.replace("://", f"://bob:{SECRET}@"))
    params = http_params({"mirror": "a.csv", "sha256": sha256(ROWS)})
    files = download(params, tmp_path, mirror)
    assert SECRET not in str(read_files(params, files).source) + files["all"][0].name
    assert [file.name for file in tmp_path.iterdir()] == [sha256(ROWS)]
