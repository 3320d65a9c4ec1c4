"""One attempt to download over HTTP, resumed where an earlier attempt stopped.

pooch is not used: it starts every attempt from the beginning and waits for a stalled server without end.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import requests
import urllib3

from stages.core.errors import UserError
from stages.download.fetch.transfer_limits import (
    CHUNK,
    RetryableError,
    TransferLimits,
    call_with_timeout,
    check_length,
    write_chunks,
)

MAX_REDIRECTS = 10
# Request timeout, too early, too many requests. Server errors (500 and above) are retried as well.
RETRYABLE_STATUS = {408, 425, 429}


def transfer_http(url: str, target: Path, limits: TransferLimits) -> None:
    """Write the whole file to `target`. If `target` exists, it is taken for the beginning of the file."""
    start = target.stat().st_size if target.exists() else 0
    with _explain_http_errors(limits), closing(_request(url, start, limits.timeout)) as response:
        if response.status_code == requests.codes.requested_range_not_satisfiable and start:
            target.write_bytes(b"")
            raise RetryableError(f"the server has nothing after byte {start:,}")
        _check_status(response)
        if not _is_resumed(response, start):
            start = 0
        _check_content_length(response, start, limits)
        with target.open("ab" if start else "wb") as output:
            write_chunks(_read_chunks(response), output, limits, start)
    check_length(target, limits)


def _request(url: str, start: int, timeout: float) -> requests.Response:
    """The response, whose body is not read yet."""
    session = requests.Session()
    session.max_redirects = MAX_REDIRECTS
    # A server that compresses the body would send other bytes than those of the hash.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    return call_with_timeout(lambda: session.get(url, headers=headers, timeout=timeout, stream=True), timeout)


def _check_status(response: requests.Response) -> None:
    code = response.status_code
    if code in (requests.codes.ok, requests.codes.partial_content):
        return
    status = f"{code} {response.reason}"
    raise RetryableError(status) if code >= 500 or code in RETRYABLE_STATUS else UserError(status)


def _is_resumed(response: requests.Response, start: int) -> bool:
    """Whether the body begins at `start`. A server without support for ranges sends the whole file."""
    if response.status_code != requests.codes.partial_content:
        return False
    content_range = response.headers.get("Content-Range")
    if not (content_range or "").startswith(f"bytes {start}-"):
        raise UserError(f"asked to continue at byte {start:,}; received {content_range!r}")
    return True


def _check_content_length(response: requests.Response, start: int, limits: TransferLimits) -> None:
    length = response.headers.get("Content-Length", "")
    if limits.size is None or not length.isdigit() or start + int(length) == limits.size:
        return
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    what = "a web page instead of the file" if is_page else "wrong size"
    raise UserError(f"{what}: expected {limits.size:,} bytes, received an answer of {start + int(length):,}")


def _read_chunks(response: requests.Response) -> Iterator[bytes]:
    """Each chunk as soon as it arrives, so that a slow server is noticed before a chunk is full."""
    while chunk := response.raw.read1(CHUNK, decode_content=False):
        yield chunk


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
