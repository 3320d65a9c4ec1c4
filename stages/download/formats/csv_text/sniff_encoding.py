"""The encoding of a file of text, told from its first bytes and from what decodes."""

import codecs

MARKS = (
    # UTF-32 first, since its mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8"),
)
# Every byte is a character in latin-1, so it is the last one.
ENCODINGS = ("utf-8", "cp1252", "latin-1")
SAMPLE = 4096


def sniff_encoding(content: bytes) -> str:
    """
    >>> [sniff_encoding(text) for text in ("é".encode(), b"caf\\xe9", "ab".encode("utf-16-le"), b"\\x81")]
    ['utf-8', 'cp1252', 'utf-16-le', 'latin-1']
    """
    likely = [encoding for mark, encoding in MARKS if content.startswith(mark)]
    # Most characters of most texts have a zero byte in UTF-16.
    even, odd = content[:SAMPLE:2].count(0), content[1:SAMPLE:2].count(0)
    if max(even, odd) * 4 > min(len(content), SAMPLE):
        likely.append("utf-16-be" if even > odd else "utf-16-le")
    return next(encoding for encoding in (*likely, *ENCODINGS) if _decodes(content, encoding))


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
