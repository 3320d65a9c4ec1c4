"""Which parts of an address are secrets."""

import pytest

from stages.core.address_secrets import find_secret, without_secrets

SECRET = "hunter2"
PARAMETERS = [
    "token", "access_token", "accessToken", "auth_token", "github-token", "X-Amz-Security-Token", "private_token",
    "sig", "signature", "X-Amz-Signature", "X-Goog-Signature", "X-Amz-Credential", "credential", "credentials",
    "password", "passwd", "pwd", "pass", "passphrase", "secret", "client_secret", "SECRET", "key", "api_key", "apikey",
    "api-key", "ApiKey", "access_key", "AWSAccessKeyId", "subscription-key", "auth", "Authorization", "jwt", "sas",
    "to%6ben", "%74oken", "token[]",
]  # fmt: skip
WITH_USER_INFO = [
    "http://bob:hunter2@example.org/a.csv",
    "https://hunter2@example.org/a.csv",
    "HTTPS://bob:hunter2@example.org",
    "https://bob%3Ahunter2@example.org/",
    "https://b%6Fb:hunter2@example.org/",
    "https://bob:hun/ter2/hunter2@example.org/",
    "https://bob:a@hunter2@example.org/",
    "https://:hunter2@example.org/",
    "s3://AKIA:hunter2@bucket/a.csv",
    "ssh://bob%3ahunter2@example.org/a.csv",
    "postgresql+psycopg://bob:hunter2@example.org/db",
    "See https://bob:hunter2@example.org/a.csv for the data.",
]
HARMLESS = [
    "https://example.org/a.csv", "https://example.org:8080/a@b.csv", "https://example.org/@scope/a?list=1&page=2#top",
    "s3://bucket/a:b@c", "ssh://bob@example.org/a.csv", "https://example.org/a?key=&token=", "bob:hunter2@example.org",
    "https://example.org/a?sort_key=date&keyword=x&tokens=3&author=Bob&signed=1&monkey=2", "/mnt/a", "data/{month}.csv",
    "https://example.org/token=abc/a.csv", "Use the key=value form. Why? token=3", "[?&]token=[a-z]+", "", "a: b",
    "https://example.org/a?q=token", "prices/a.csv?page=2", "https://example.org/a.csv?a;b",
]  # fmt: skip


@pytest.mark.error_case("secrets found")
@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("before", ["https://example.org/a?", "s3://b/a?x=1&", "https://example.org/a#", "a.csv?x=1;"])
def test_a_parameter_that_gives_access(before: str, name: str) -> None:
    text = f"{before}{name}={SECRET}&page=2"
    found = find_secret(text)
    assert found is not None
    assert found.startswith("parameter ")
    assert without_secrets(text) == f"{before}{name}=***&page=2"


@pytest.mark.error_case("secrets found")
@pytest.mark.parametrize("text", WITH_USER_INFO)
def test_user_info(text: str) -> None:
    assert find_secret(text) == "user name or password"
    assert "hunter2" not in without_secrets(text)
    assert "example.org" in without_secrets(text) or "bucket" in without_secrets(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_no_secret(text: str) -> None:
    assert find_secret(text) is None


def test_a_message_of_a_library_names_the_path_alone() -> None:
    text = "Max retries exceeded with url: /a.csv?X-Amz-Signature=hunter2 (Caused by 'x')"
    assert without_secrets(text) == "Max retries exceeded with url: /a.csv?X-Amz-Signature=*** (Caused by 'x')"


@pytest.mark.parametrize("part", ["a", "a.", "://", "://a:b", "?", "?a", "&a=", "@", "a:", "%41", "http://a:b"])
def test_a_secret_behind_a_long_text_is_found(part: str) -> None:
    """In linear time: with time in proportion to the square of the length, this would take an hour."""
    text = part * (300_000 // len(part)) + " https://example.org/a?token=hunter2"
    assert find_secret(text) is not None
    assert "hunter2" not in without_secrets(text)
