"""What a site that hosts pull requests has to offer, and the one comment that is kept up to date with it."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

# The first line of the comment. Markdown does not show it.
MARKER = "<!-- restage: results -->"


class Comment(NamedTuple):
    id: str
    text: str


class CommentService(Protocol):
    """The comments of one pull request."""

    def own_comments(self) -> Iterator[Comment]:
        """Those that the user or bot of the token has written, the oldest first."""

    def create(self, text: str) -> None: ...

    def update(self, comment_id: str, text: str) -> None: ...


def write_comment(service: CommentService, text: str) -> str:
    """Update the token's own comment with the marker, or create it; says which."""
    for comment in service.own_comments():
        if comment.text.startswith(MARKER):
            service.update(comment.id, text)
            return "updated"
    service.create(text)
    return "created"
