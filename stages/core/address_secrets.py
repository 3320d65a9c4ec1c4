"""Finds secrets in addresses, and leaves them out of messages: user names with passwords, parameters that give access.

A parameter is judged by its name, since a secret cannot be told from another value.
"""

import re
from urllib.parse import unquote

# Names without case and without "-", "_", "." and a provider's prefix. The names of the second list may also end with
# one of these: user_token, github-token.
_PREFIXES = ("xamz", "xgoog", "xms")
_NAMES = frozenset({
    "accesskeyid", "auth", "awsaccesskeyid", "bearer", "jwt", "key", "pass", "pw", "pwd", "sas", "sig",
})  # fmt: skip
_ENDINGS = (
    "accesskey", "apikey", "appkey", "authkey", "authorization", "credential", "credentials", "passphrase", "passwd",
    "password", "privatekey", "secret", "secretkey", "signature", "subscriptionkey", "token",
)  # fmt: skip
# Of http, any user name counts: tokens are often given as one. Lengths are bounded, so that a search takes linear time.
_USER_INFO = re.compile(
    r"(?<![a-z0-9+.-])(?P<scheme>[a-z][a-z0-9+.-]{0,20}://)"
    r"(?P<user>[^/?#\s]+(?=@)"
    r"|[^/\s:@\[]{1,100}:(?!\d{1,5}/)[^\s@]{1,300}(?=@))",  # a password with a / that is not percent-encoded
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"(?P<start>[?&#;])(?P<name>[^=&#;?\s/]+)=(?P<value>[^&#;\s'\"]+)")
_PATH_WITH_PARAMETERS = re.compile(r"[\w./{}~%-]*[?#]\S*")


def find_secret(text: str) -> str | None:
    """What kind of secret an address in the text has, without the secret.

    >>> find_secret("https://example.org/mine.csv?list=1&X-Amz-Signature=abc")
    'parameter X-Amz-Signature'
    >>> find_secret("ssh://bob%3Ahunter2@example.org/mine.csv")
    'user name or password'
    >>> find_secret("ssh://bob@example.org/mine.csv")
    """
    if any(map(_gives_access, _USER_INFO.finditer(text))):
        return "user name or password"
    addresses = [word for word in text.split() if "://" in word]
    if _PATH_WITH_PARAMETERS.fullmatch(text):  # a path on a mirror
        addresses.append(text)
    parameters = (match for address in addresses for match in _PARAMETER.finditer(address) if _is_secret(match))
    first = next(parameters, None)
    return f"parameter {unquote(first['name'])}" if first else None


def without_secrets(text: str, used_address: str = "") -> str:
    """The text with *** in place of the secrets in its addresses and in parameters.

    Libraries show parts of the address that they were given: the user name and password of `used_address` are replaced
    wherever they stand.

    >>> without_secrets("no connection to https://bob:hunter2@example.org/a?sig=abc&page=2")
    'no connection to https://***@example.org/a?sig=***&page=2'
    >>> without_secrets("no bucket bob:hunter2@files", "s3://bob:hunter2@files/a.csv")
    'no bucket ***@files'
    """
    for match in filter(_gives_access, _USER_INFO.finditer(used_address)):
        text = text.replace(match["user"], "***")
    text = _USER_INFO.sub(lambda match: f"{match['scheme']}***" if _gives_access(match) else match[0], text)
    return _PARAMETER.sub(lambda match: f"{match['start']}{match['name']}=***" if _is_secret(match) else match[0], text)


def _gives_access(user_info: re.Match[str]) -> bool:
    if user_info["scheme"].lower() in ("http://", "https://"):
        return True
    user, _, password = unquote(user_info["user"]).partition(":")
    return bool(user and password)


def _is_secret(parameter: re.Match[str]) -> bool:
    name = re.sub(r"[\W_]", "", unquote(parameter["name"])).lower()
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name in _NAMES or name.endswith(_ENDINGS)
