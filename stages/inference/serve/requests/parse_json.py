"""Reads JSON from a stranger: what is not one clear value is refused with a sentence."""

import json
import math
from collections.abc import Sequence
from typing import Any, NoReturn

from stages.inference.serve.requests.request_errors import RequestError

MAX_KEY_LENGTH = 40


def parse_json(body: bytes) -> Any:
    """Raises RequestError for text that is not UTF-8 or not JSON, NaN, infinite numbers and keys that occur twice."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RequestError(400, f"the body is not UTF-8: byte {error.start + 1} cannot be read") from None
    try:
        value = json.loads(
            text, parse_float=_finite_number, parse_constant=_refuse_constant, object_pairs_hook=_unique_keys
        )
    except json.JSONDecodeError as error:
        raise RequestError(
            400, f"the body is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except RecursionError:
        raise RequestError(400, "the JSON is nested too deeply") from None
    except ValueError:
        # Python converts no number of more than 4,300 digits.
        raise RequestError(400, "the JSON has a number with too many digits") from None
    if "\\ud" in text.lower():
        _check_characters(value)
    return value


def _finite_number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise RequestError(400, "the JSON has a number that is too large for 64 bits")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise RequestError(400, f"{name} is not JSON; write null where there is no value")


def _unique_keys(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise RequestError(400, f"the JSON has the key {repeated[:MAX_KEY_LENGTH]!r} twice in one object")
    return found


def _check_characters(value: Any) -> None:
    """An escape such as \\ud800 is half of a character: no text that can be written again."""
    match value:
        case str():
            if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
                raise RequestError(400, "the JSON has half of a surrogate pair, which is no character")
        case list():
            for item in value:
                _check_characters(item)
        case dict():
            for name, item in value.items():
                _check_characters(name)
                _check_characters(item)
