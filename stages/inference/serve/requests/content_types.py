"""The content types of requests and answers."""

from dataclasses import dataclass
from typing import Literal

from stages.inference.serve.requests.request_errors import RequestError

BodyFormat = Literal["json", "csv", "form", "picture"]
AnswerFormat = Literal["json", "csv"]

FORMATS: dict[str, BodyFormat] = {
    "application/json": "json",
    "text/csv": "csv",
    "application/csv": "csv",
    "application/x-www-form-urlencoded": "form",
}
PICTURES = "image/"


@dataclass(frozen=True)
class ContentType:
    """Such as `text/csv; charset=utf-8`."""

    media_type: str
    charset: str | None

    @classmethod
    def parse(cls, header: str) -> "ContentType":
        """
        >>> ContentType.parse('text/CSV; charset="UTF-8"')
        ContentType(media_type='text/csv', charset='utf-8')
        """
        media_type, *parameters = (part.strip() for part in header.lower().split(";"))
        pairs = dict(parameter.partition("=")[::2] for parameter in parameters)
        charset = pairs.get("charset")
        return cls(media_type, charset.strip("\"'") if charset is not None else None)


def body_format(content_type: ContentType, pictures: bool) -> BodyFormat:
    """The format of a body. Raises RequestError for one that is not read; `pictures` says that a picture is a row."""
    if content_type.charset not in (None, "utf-8", "us-ascii"):
        raise RequestError(415, "the body should be UTF-8; leave out the charset of Content-Type, or write utf-8")
    media_type = content_type.media_type
    if media_type.startswith(PICTURES) and pictures:
        return "picture"
    if media_type in FORMATS:
        return FORMATS[media_type]
    allowed = "application/json, text/csv" + (", image/png, image/jpeg" if pictures else "")
    found = "there is no Content-Type" if not media_type else "the body has another Content-Type"
    raise RequestError(415, f"{found}; send one of these: {allowed}")


def answer_format(accept: str, body: BodyFormat) -> AnswerFormat:
    """The first of Accept that there is; without one, the format of the body.

    >>> answer_format("text/csv, */*", "json"), answer_format("*/*", "csv"), answer_format("", "picture")
    ('csv', 'csv', 'json')
    """
    for part in accept.split(","):
        match ContentType.parse(part).media_type:
            case "application/json":
                return "json"
            case "text/csv":
                return "csv"
    return "csv" if body == "csv" else "json"
