"""One try to get a file: from an address, continued where the last try broke off, or from a folder.

pooch begins every try anew and waits for a slow server for ever, so the transfer is our own.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import BinaryIO, NoReturn

import requests
import urllib3
from tqdm import tqdm

from stages.core.errors import UserError
from stages.download.fetch.mirror import is_address

CHUNK = 1 << 18
REDIRECTS = 10
WORTH_A_RETRY = {408, 425, 429}
PAGE = (b"<!doctype html", b"<html")
clock = time.monotonic


class Interrupted(Exception):
    """What another try may mend; a UserError is what it would not."""


@dataclass(frozen=True)
class Terms:
    """How long an answer may take, how slowly it may come, and how long it must or may be."""

    timeout: float
    minimum_rate: int
    size: int | None
    most: int


def transfer(place: str, draft: Path, terms: Terms) -> None:
    """Everything `place` has is in `draft` afterwards; what is there already is taken for the beginning of it."""
    if is_address(place):
        _fetch(place, draft, terms)
    else:
        _copy(Path(place).expanduser(), draft, terms)


def _copy(source: Path, draft: Path, terms: Terms) -> None:
    try:
        with source.open("rb") as file, draft.open("wb") as target:
            _pour(iter(lambda: file.read(CHUNK), b""), target, terms, 0)
        _check_length(draft, terms, UserError)
    except FileNotFoundError:
        raise UserError("not here") from None
    except (IsADirectoryError, PermissionError) as error:
        raise UserError(f"cannot be read: {error.strerror}") from None


def _fetch(url: str, draft: Path, terms: Terms) -> None:
    begins = draft.stat().st_size if draft.exists() else 0
    with _told(terms), closing(_answer(url, begins, terms)) as answer:
        if answer.status_code == requests.codes.requested_range_not_satisfiable and begins:
            draft.write_bytes(b"")
            raise Interrupted("the server has nothing after what was there")
        _check_status(answer)
        continued = _continued(answer, begins)
        _check_announced(answer, begins if continued else 0, terms)
        with draft.open("ab" if continued else "wb") as target:
            _pour(_chunks(answer), target, terms, begins if continued else 0)
    _check_length(draft, terms, Interrupted)


def _answer(url: str, begins: int, terms: Terms) -> requests.Response:
    """Waited for from outside: headers that come a byte at a time never run into a socket's timeout."""
    # A server that packs on the way would hand over other bytes than those that were hashed.
    asked = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={begins}-"} if begins else {})
    answers: SimpleQueue[requests.Response | Exception] = SimpleQueue()
    Thread(target=_ask, args=(url, asked, terms.timeout, answers.put), daemon=True).start()
    try:
        answer = answers.get(timeout=terms.timeout)
    except Empty:
        raise requests.Timeout from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _ask(url: str, asked: dict[str, str], timeout: float, put: Callable[[requests.Response | Exception], None]) -> None:
    session = requests.Session()
    session.max_redirects = REDIRECTS
    try:
        put(session.get(url, headers=asked, timeout=timeout, stream=True))
    except Exception as error:  # noqa: BLE001 - it is raised again by the one who waits
        put(error)


def _check_status(answer: requests.Response) -> None:
    code = answer.status_code
    if code in (requests.codes.ok, requests.codes.partial_content):
        return
    told = f"{code} {answer.reason}"
    raise Interrupted(told) if code >= 500 or code in WORTH_A_RETRY else UserError(told)


def _continued(answer: requests.Response, begins: int) -> bool:
    """A server may send the whole file again, whatever was asked."""
    if answer.status_code != requests.codes.partial_content:
        return False
    if not answer.headers.get("Content-Range", "").startswith(f"bytes {begins}-"):
        raise UserError(f"asked to continue at byte {begins:,}; received {answer.headers.get('Content-Range')!r}")
    return True


def _check_announced(answer: requests.Response, before: int, terms: Terms) -> None:
    announced = answer.headers.get("Content-Length", "")
    if terms.size is None or not announced.isdigit() or before + int(announced) == terms.size:
        return
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    what = "a web page instead of the file" if is_page else "wrong size"
    raise UserError(f"{what}: expected {terms.size:,} bytes, received an answer of {before + int(announced):,}")


def _chunks(answer: requests.Response) -> Iterator[bytes]:
    """Each as soon as it comes, so that a slow one is noticed."""
    while chunk := answer.raw.read1(CHUNK, decode_content=False):
        yield chunk


def _pour(chunks: Iterator[bytes], target: BinaryIO, terms: Terms, before: int) -> None:
    most = terms.most if terms.size is None else terms.size
    began, received = clock(), 0
    with _bar(terms.size, before) as bar:
        for chunk in chunks:
            target.write(chunk)
            received += len(chunk)
            bar.update(len(chunk))
            if before + received > most:
                target.truncate(0)
                raise UserError(f"too long: expected {_bytes(terms.size, most)}, received more")
            _check_rate(received, clock() - began, before, terms)


def _check_rate(received: int, seconds: float, before: int, terms: Terms) -> None:
    if seconds > terms.timeout and received < terms.minimum_rate * seconds:
        raise UserError(
            f"too slow: expected {terms.minimum_rate:,} bytes a second"
            f"{'' if terms.size is None else f' and {terms.size:,} in all'}, "
            f"received {received:,} in {seconds:.0f} s; it continues at byte {before + received:,} another time"
        )


def _check_length(draft: Path, terms: Terms, short: type[Exception]) -> None:
    received = draft.stat().st_size
    if received == 0 and terms.size != 0:
        raise UserError(f"an empty answer: expected {_bytes(terms.size, terms.most)}, received 0")
    if terms.size is not None and received < terms.size:
        raise short(f"ends too early: expected {terms.size:,} bytes, received {received:,}")


def is_page(draft: Path) -> bool:
    with draft.open("rb") as file:
        return file.read(512).lstrip().lower().startswith(PAGE)


def _bytes(size: int | None, most: int) -> str:
    return f"{size:,} bytes" if size is not None else f"at most {most:,} bytes"


@contextmanager
def _told(terms: Terms) -> Iterator[None]:
    """What the libraries raise, in a few words."""
    try:
        yield
    except requests.TooManyRedirects:
        raise UserError(f"redirected more than {REDIRECTS} times") from None
    except (requests.Timeout, urllib3.exceptions.TimeoutError):
        raise Interrupted(f"no answer within {terms.timeout:g} s") from None
    except urllib3.exceptions.HTTPError as error:
        raise Interrupted(f"broke off before the end ({_root(error)})") from None
    except requests.ConnectionError as error:
        raise Interrupted(f"no connection ({_root(error)})") from None
    except (requests.RequestException, ValueError) as error:
        raise UserError(str(error)) from None


def _root(error: BaseException) -> str:
    """The library wraps what the system said several times over."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return getattr(error, "strerror", None) or str(error)


def _bar(size: int | None, before: int) -> "tqdm[NoReturn]":
    unwatched = not sys.stderr.isatty()
    return tqdm(total=size, initial=before, unit="B", unit_scale=True, leave=False, file=sys.stderr, disable=unwatched)
