"""One attempt to download over HTTP, resumed where an earlier attempt stopped.

pooch is not used: it starts every attempt from the beginning and waits for a stalled server without end.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import requests
import urllib3

from stages.core.errors import UserError
from stages.download.fetch.transfers.transfer import (
    CHUNK,
    RetryableError,
    TransferLimits,
    call_with_timeout,
    write_chunks,
)

MAX_REDIRECTS = 10
# Request timeout, too early, too many requests. Server errors (500 and above) are retried as well.
RETRYABLE_STATUS = {408, 425, 429}


def transfer_http(url: str, target: Path, limits: TransferLimits) -> None:
    """Write the file to `target`, whose content is used as the beginning of the file."""
    start = target.stat().st_size
    with _explain_http_errors(limits), closing(_request(url, start, limits.timeout)) as response:
        if response.status_code == requests.codes.requested_range_not_satisfiable and start:
            target.write_bytes(b"")
            raise RetryableError(f"the server has nothing after byte {start:,}")
        start = _body_start(response, start)
        _check_content_length(response, start, limits)
        # read1 returns what has arrived, so that a slow server is noticed before a chunk is full.
        chunks = iter(lambda: response.raw.read1(CHUNK, decode_content=False), b"")
        with target.open("ab" if start else "wb") as output:
            write_chunks(chunks, output, limits, start)


def _request(url: str, start: int, timeout: float) -> requests.Response:
    """The response, whose body is not read yet."""
    session = requests.Session()
    session.max_redirects = MAX_REDIRECTS
    # A server that compresses the body would send other bytes than those of the hash.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    return call_with_timeout(lambda: session.get(url, headers=headers, timeout=timeout, stream=True), timeout)


def _body_start(response: requests.Response, requested: int) -> int:
    """The position in the file where the body begins. A server without support for ranges sends the whole file."""
    code = response.status_code
    if code == requests.codes.ok:
        return 0
    if code != requests.codes.partial_content:
        status = f"{code} {response.reason}"
        raise RetryableError(status) if code >= 500 or code in RETRYABLE_STATUS else UserError(status)
    content_range = response.headers.get("Content-Range")
    if not (content_range or "").startswith(f"bytes {requested}-"):
        raise UserError(f"asked to continue at byte {requested:,}; received {content_range!r}")
    return requested


def _check_content_length(response: requests.Response, start: int, limits: TransferLimits) -> None:
    length = response.headers.get("Content-Length", "")
    if limits.size is None or not length.isdigit() or start + int(length) == limits.size:
        return
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    what = "a web page instead of the file" if is_page else "wrong size"
    raise UserError(f"{what}: expected {limits.size:,} bytes, received an answer of {start + int(length):,}")


@contextmanager
def _explain_http_errors(limits: TransferLimits) -> Iterator[None]:
    """Translate exceptions of requests and urllib3 to short messages."""
    try:
        yield
    except requests.TooManyRedirects:
        raise UserError(f"redirected more than {MAX_REDIRECTS} times") from None
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        raise RetryableError(f"no answer within {limits.timeout:g} s") from None
    except urllib3.exceptions.HTTPError as error:
        raise RetryableError(f"connection lost before the end ({_root_cause(error)})") from None
    except requests.ConnectionError as error:
        raise RetryableError(f"no connection ({_root_cause(error)})") from None
    except (requests.RequestException, ValueError) as error:
        raise UserError(str(error)) from None


def _root_cause(error: BaseException) -> str:
    """The message of the innermost exception, since the libraries wrap it several times."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return getattr(error, "strerror", None) or str(error)
