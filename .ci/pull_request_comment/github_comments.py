"""The comments of a pull request on GitHub.

By the GraphQL API, since it says which comments the token has written: the token of a workflow cannot ask who it is.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pull_request_comment.api_request import ApiError, NotPermittedError, read_json, send
from pull_request_comment.comment_service import Comment

COMMENTS = """\
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      id
      comments(first: 100, after: $after) {
        nodes { id body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""
CREATE = "mutation($input: AddCommentInput!) { addComment(input: $input) { clientMutationId } }"
UPDATE = "mutation($input: UpdateIssueCommentInput!) { updateIssueComment(input: $input) { clientMutationId } }"


class GitHubComments:
    """`url`: of the GraphQL API; `repository`: owner/name."""

    def __init__(self, url: str, repository: str, number: int, token: str) -> None:
        self.url = url
        self.headers = {"Authorization": f"bearer {token}"}
        owner, _, name = repository.partition("/")
        self.pull_request: dict[str, Any] = {"owner": owner, "name": name, "number": number}

    def own_comments(self) -> Iterator[Comment]:
        after = None
        while True:
            comments = self._read(after)["comments"]
            for each in comments["nodes"]:
                if each["viewerDidAuthor"]:
                    yield Comment(each["id"], each["body"])
            if not comments["pageInfo"]["hasNextPage"]:
                return
            after = comments["pageInfo"]["endCursor"]

    def create(self, text: str) -> None:
        self._ask(CREATE, {"input": {"subjectId": self._read(None)["id"], "body": text}})

    def update(self, comment_id: str, text: str) -> None:
        self._ask(UPDATE, {"input": {"id": comment_id, "body": text}})

    def _read(self, after: str | None) -> dict[str, Any]:
        answer: dict[str, Any] = self._ask(COMMENTS, {**self.pull_request, "after": after})["repository"]["pullRequest"]
        return answer

    def _ask(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        answer = read_json(send("POST", self.url, self.headers, {"query": query, "variables": variables}))
        # Errors of a query come with the status of a success.
        for error in answer.get("errors") or []:
            message = f"POST {self.url}: {error['message']}"
            raise NotPermittedError(message) if error.get("type") == "FORBIDDEN" else ApiError(message)
        data: dict[str, Any] = answer["data"]
        return data
