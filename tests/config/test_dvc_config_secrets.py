"""Secrets in .dvc/config, which is committed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from dvc.config_schema import REMOTE_SCHEMAS, SCHEMA

from stages.config.dvc_config_secrets import SECRET_OPTIONS, check_secrets
from stages.core.errors import UserError

CLEAN = """\
[core]
    analytics = false
    remote = team
['remote "team"']
    url = s3://bucket/folder
    profile = team
    verify = true
    password =
# secret_access_key = commented
"""
# DVC's options whose names look like secrets, and why they are none.
HARMLESS = {
    "ask_passphrase", "ask_password",  # asked for when it is needed
    "credentialpath", "gdrive_service_account_json_file_path", "gdrive_user_credentials_file", "key_path", "keyfile",
    "ssh_private",  # the file's name, not the file
    "exclude_environment_credential", "exclude_managed_identity_credential", "exclude_shared_token_cache_credential",
    "exclude_visual_studio_code_credential",  # whether to look there
    "sse_kms_key_id",  # a name, of no use without the right to use it
    "auth", "gss_auth", "kerb_ticket",  # which way to log in, or where the ticket lies
}  # fmt: skip
SUSPICIOUS = re.compile(r"pass|secret|token|key|cred|auth|connection_string|sas|private|ticket|bearer")


@pytest.fixture(autouse=True)
def repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".dvc").mkdir()
    return tmp_path


def messages(repository, text):
    (repository / ".dvc/config").write_text(text)
    with pytest.raises(UserError) as caught:
        check_secrets()
    return list(caught.value.messages)


def options(schema: Any) -> Iterator[str]:
    """All names of options, in all sections."""
    if isinstance(schema, dict):
        for name, inner in schema.items():
            if isinstance(str(name), str) and not isinstance(inner, dict) and not isinstance(name, type):
                yield str(name)
            yield from options(inner)


def test_all_secret_options_of_dvc_are_known() -> None:
    """Fails if a new version of DVC has another secret option."""
    known = {name for schema in (SCHEMA, *REMOTE_SCHEMAS.values()) for name in options(schema)}
    assert {"password", "sas_token", "token", "keyfile"} <= known
    suspicious = {name for name in known if SUSPICIOUS.search(name)}
    assert suspicious - HARMLESS == set(SECRET_OPTIONS)


def test_a_config_without_secrets_and_no_config(repository):
    check_secrets()
    (repository / ".dvc/config").write_text(CLEAN)
    check_secrets()


@pytest.mark.error_case("secrets found")
@pytest.mark.parametrize("option", sorted(SECRET_OPTIONS))
def test_a_secret_of_a_remote(option, repository):
    first, last = messages(repository, CLEAN + f"['remote \"team\"']\n    {option} = hunter2\n")
    assert first == (
        f".dvc/config:11: {option} of remote team is a secret, and this file is committed; `dvc remote modify "
        f"--unset team {option}`, then `dvc remote modify --local team {option} ...`"
    )
    assert "revoke it" in last


@pytest.mark.error_case("secrets found")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[studio]\ntoken = hunter2\n", ".dvc/config:2: studio.token is a secret"),
        ("['db \"main\"']\n  password = hunter2\n", ".dvc/config:2: password of db main is a secret"),
        ('["remote \'x\'"]\n  PASSWORD="hunter2"\n', "PASSWORD"),
        ('[remote "x"]\n  "token" = hunter2\n', ".dvc/config:2: token of remote x is a secret"),
        ('[remote "x"]\n  url = https://me:hunter2@example.org/x\n', "url of remote x is a secret"),
        (
            '[remote "x"]\n  url = ssh://me:hunter2@example.org/x\n',
            "write the address without it, then `dvc",
        ),
        ('[remote "x"]\n  endpointurl = http://a:hunter2@example.org\n', "endpointurl of remote x is a secret"),
        ('[remote "x"]\n  url = https://example.org/x?sv=1&sig=hunter2\n', "url of remote x is a secret"),
    ],
)
def test_secrets_in_other_sections_and_urls(text, expected, repository):
    errors = messages(repository, text)
    assert expected in errors[0]
    assert "hunter2" not in "".join(errors)


def test_all_secrets_are_reported_together(repository):
    assert len(messages(repository, '[remote "x"]\npassword = hunter2\ntoken = hunter2\n')) == 3


@pytest.mark.parametrize("url", ["s3://b/a:b@c", "ssh://me@example.org/x", "https://example.org/x?list=1", "/mnt/a"])
def test_a_url_without_a_secret(url, repository):
    (repository / ".dvc/config").write_text(f'[remote "x"]\nurl = {url}\n')
    check_secrets()
