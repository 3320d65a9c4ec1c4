"""The comments (notes) of a merge request on GitLab."""

from collections.abc import Iterator
from typing import Any

from pull_request_comment.api_request import read_json, send
from pull_request_comment.comment_service import Comment

FIRST_PAGE = "1"


class GitLabComments:
    """`url`: of the API; `project` and `number`: as GitLab numbers them."""

    def __init__(self, url: str, project: str, number: int, token: str) -> None:
        self.url = url
        self.notes = f"{url}/projects/{project}/merge_requests/{number}/notes"
        self.headers = {"PRIVATE-TOKEN": token}

    def own_comments(self) -> Iterator[Comment]:
        own_id = read_json(send("GET", f"{self.url}/user", self.headers))["id"]
        page = FIRST_PAGE
        while page:
            response = send("GET", f"{self.notes}?sort=asc&per_page=100&page={page}", self.headers)
            notes: list[dict[str, Any]] = read_json(response)
            yield from (Comment(str(note["id"]), note["body"]) for note in notes if note["author"]["id"] == own_id)
            page = response.headers.get("x-next-page", "")

    def create(self, text: str) -> None:
        send("POST", self.notes, self.headers, {"body": text})

    def update(self, comment_id: str, text: str) -> None:
        send("PUT", f"{self.notes}/{comment_id}", self.headers, {"body": text})
