"""One request to the API of GitHub or GitLab."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests

TIMEOUT = 30.0  # seconds
MAX_REASON = 200  # characters


class ApiError(Exception):
    """One sentence: what was asked for, and what was the answer."""


class NotPermittedError(ApiError):
    """The token may not do this. The token of a pull request from a fork may only read."""


def send(method: str, url: str, headers: Mapping[str, str], json: Mapping[str, Any] | None = None) -> requests.Response:
    """The answer, which is a success."""
    try:
        # A redirect would turn a POST into a GET.
        response = requests.request(method, url, headers=headers, json=json, timeout=TIMEOUT, allow_redirects=False)
    except requests.Timeout:
        raise ApiError(f"{method} {url}: no answer in {TIMEOUT:g} seconds") from None
    except requests.RequestException as error:
        raise ApiError(f"{method} {url}: no connection: {error}") from None
    if response.status_code == HTTPStatus.FORBIDDEN and not is_rate_limit(response):
        raise NotPermittedError(describe(method, url, response))
    if not HTTPStatus.OK <= response.status_code < HTTPStatus.MULTIPLE_CHOICES:
        raise ApiError(describe(method, url, response))
    return response


def read_json(response: requests.Response) -> Any:
    """The content; a page of a proxy is no JSON."""
    try:
        return response.json()
    except requests.JSONDecodeError:
        raise ApiError(f"{response.url}: the answer is not JSON: {response.text[:MAX_REASON]!r}") from None


def is_rate_limit(response: requests.Response) -> bool:
    return "rate limit" in response.text.lower()


def describe(method: str, url: str, response: requests.Response) -> str:
    reason = " ".join(response.text.split())[:MAX_REASON] or response.reason
    return f"{method} {url}: status {response.status_code}: {reason}"
