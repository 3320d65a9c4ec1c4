"""Checks the text of a query without a database: one SELECT, which states its order and only reads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

TOKEN = re.compile(
    r"""
    (?P<comment>--[^\n]*|/\*.*?\*/)
    |(?P<literal>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$)
    |"(?P<quoted>(?:[^"]|"")*)"
    |(?P<word>\w+)
    |(?P<sign>\S)
    """,
    re.VERBOSE | re.DOTALL,
)
WRITING = (("insert", "into"), ("delete", "from"), ("merge", "into"), ("for", "update"), ("for", "share"))


@dataclass(frozen=True)
class Token:
    """`depth` is the number of parentheses around it. `word` is in lower case, and empty for what is no plain word."""

    text: str
    word: str
    depth: int


def check_query(query: str) -> str:
    """Return the query. Raises ValueError if it is not one SELECT, if it states no order, or if it writes."""
    tokens = read_tokens(query)
    words = [token.word for token in tokens]
    if not tokens or words[0] not in ("select", "with"):
        raise ValueError(f"should begin with SELECT or WITH; received {tokens[0].text if tokens else ''!r}")
    if any(token.text == ";" for token in tokens[:-1]):
        raise ValueError("should be one statement; received ';' before its end")
    if written := writing_words(words):
        raise ValueError(f"should only read; received {written!r}")
    if not order_of(tokens):
        raise ValueError(
            "should end with ORDER BY outside of parentheses, such as 'order by id': the same rows in another order "
            "have another hash"
        )
    return query


def read_tokens(query: str) -> list[Token]:
    """All tokens but comments. Raises ValueError for a quote or parenthesis without its partner.

    >>> [(token.text, token.depth) for token in read_tokens("select max(a) -- all")]
    [('select', 0), ('max', 0), ('(', 0), ('a', 1), (')', 0)]
    """
    tokens: list[Token] = []
    depth = 0
    for match in TOKEN.finditer(query):
        sign = match["sign"] or ""
        if sign in ("'", '"') and sign:
            raise ValueError(f"has a quote {sign} that is not closed")
        depth -= sign == ")"
        if depth < 0:
            raise ValueError("has a ) without its (")
        if match["comment"] is None:
            text = match[0] if match["quoted"] is None else match["quoted"].replace('""', '"')
            tokens.append(Token(text, (match["word"] or "").lower(), depth))
        depth += sign == "("
    if depth:
        raise ValueError("has a ( without its )")
    return tokens


def order_of(tokens: Sequence[Token]) -> list[Token]:
    """The tokens after ORDER BY, empty if the result has no order. An ORDER BY in parentheses orders something else.

    >>> [token.text for token in order_of(read_tokens("select a, rank() over (order by a) from t order by b, c"))]
    ['b', ',', 'c']
    """
    outside = [token for token in tokens if token.depth == 0 and token.text != ";"]
    starts = [n for n, pair in enumerate(pairwise(outside)) if tuple(t.word for t in pair) == ("order", "by")]
    return outside[starts[-1] + 2 :] if starts else []


def names_not_in_order(query: str, names: Sequence[str]) -> list[str]:
    """The names that ORDER BY does not have.

    >>> names_not_in_order('select id, day from t order by t."id"', ["id", "day"])
    ['day']
    """
    ordered = {token.text.lower() for token in order_of(read_tokens(query))}
    return [name for name in names if name.lower() not in ordered]


def first_table(query: str) -> str | None:
    """The name after the first FROM outside of parentheses, without its schema.

    >>> first_table("select * from shop.orders o order by id"), first_table("select 1 order by 1")
    ('orders', None)
    """
    outside = [token for token in read_tokens(query) if token.depth == 0]
    start = next((n for n, token in enumerate(outside) if token.word == "from"), None)
    if start is None:
        return None
    name = [token.text for token in outside[start + 1 : start + 4]]
    return name[2] if name[1:2] == ["."] and len(name) > 2 else name[0] if name else None


def writing_words(words: Sequence[str]) -> str | None:
    """The first words that write or lock rows. A connection that only reads refuses the rest."""
    pairs = [*pairwise(words)]
    found = [" ".join(pair).upper() for pair in pairs if pair in WRITING]
    updates = [n for n, word in enumerate(words) if word == "update" and "set" in words[n + 2 : n + 4]]
    if found or updates or "into" in words:
        return (found or ["UPDATE" if updates else "INTO"])[0]
    return None
