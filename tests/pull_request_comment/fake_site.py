"""Servers on 127.0.0.1 that keep the comments of one pull request as GitHub's and GitLab's do."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "token-of-the-bot"
BOT, PERSON = "bot", "person"
USER_IDS = {BOT: 7, PERSON: 8}
PAGE = 100
REPOSITORY, PULL_REQUEST, PROJECT = "team/flowers", 12, "345"


@dataclass
class KeptComment:
    author: str
    text: str
    versions: int = 1


@dataclass
class FakeSite:
    """`failure`: the status and text of each answer from now on. `failing`: which requests fail; all by default."""

    comments: list[KeptComment] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    failure: tuple[int, str] | None = None
    failing: Callable[[str], bool] = lambda request: True
    delay: float = 0
    url: str = ""

    def texts_of(self, author: str) -> list[str]:
        return [comment.text for comment in self.comments if comment.author == author]

    def add(self, author: str, text: str) -> None:
        self.comments.append(KeptComment(author, text))

    def change(self, index: int, text: str) -> None:
        self.comments[index].text = text
        self.comments[index].versions += 1


class Handler(BaseHTTPRequestHandler):
    """A subclass answers; `site` is set by `serve`."""

    site: FakeSite

    def respond(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        content = json.loads(self.rfile.read(length)) if length else None
        request = f"{self.command} {self.path} {json.dumps(content)}"
        self.site.requests.append(request)
        time.sleep(self.site.delay)
        if self.site.failure and self.site.failing(request):
            status, text = self.site.failure
            self.send(status, text)
        elif not self.is_authorised():
            self.send(401, '{"message": "Bad credentials"}')
        else:
            self.answer(content)

    do_GET = do_POST = do_PUT = respond  # noqa: N815  # the names that http.server calls

    def send(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def send_json(self, content: Any, headers: dict[str, str] | None = None) -> None:
        self.send(200, json.dumps(content), headers)

    def is_authorised(self) -> bool:
        raise NotImplementedError

    def answer(self, content: Any) -> None:
        raise NotImplementedError

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


class GitHubHandler(Handler):
    """GraphQL: the three operations, each by its name in the query."""

    def is_authorised(self) -> bool:
        return self.headers["Authorization"] == f"bearer {TOKEN}"

    def answer(self, content: Any) -> None:
        assert self.path == "/graphql"
        query, variables = content["query"], content["variables"]
        if "updateIssueComment(" in query:
            self.site.change(int(variables["input"]["id"].removeprefix("IC_")), variables["input"]["body"])
            self.send_json({"data": {"updateIssueComment": {"clientMutationId": None}}})
        elif "addComment(" in query:
            assert variables["input"]["subjectId"] == "PR_12"
            self.site.add(BOT, variables["input"]["body"])
            self.send_json({"data": {"addComment": {"clientMutationId": None}}})
        else:
            self.send_json(self.page(variables))

    def page(self, variables: dict[str, Any]) -> dict[str, Any]:
        owner, name = REPOSITORY.split("/")
        if (variables["owner"], variables["name"], variables["number"]) != (owner, name, PULL_REQUEST):
            return {"data": {"repository": None}, "errors": [{"type": "NOT_FOUND", "message": "Could not resolve"}]}
        first = int(variables["after"] or 0)
        nodes = [
            {"id": f"IC_{first + n}", "body": each.text, "viewerDidAuthor": each.author == BOT}
            for n, each in enumerate(self.site.comments[first : first + PAGE])
        ]
        more = {"hasNextPage": first + PAGE < len(self.site.comments), "endCursor": str(first + PAGE)}
        pull_request = {"id": "PR_12", "comments": {"nodes": nodes, "pageInfo": more}}
        return {"data": {"repository": {"pullRequest": pull_request}}}


class GitLabHandler(Handler):
    def is_authorised(self) -> bool:
        return self.headers["PRIVATE-TOKEN"] == TOKEN

    def answer(self, content: Any) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        notes = f"/api/v4/projects/{PROJECT}/merge_requests/{PULL_REQUEST}/notes"
        number = re.fullmatch(rf"{notes}/(\d+)", path)
        if path == "/api/v4/user":
            self.send_json({"id": USER_IDS[BOT]})
        elif self.command == "PUT" and number:
            self.site.change(int(number[1]), content["body"])
            self.send_json({})
        elif self.command == "POST" and path == notes:
            self.site.add(BOT, content["body"])
            self.send_json({})
        elif self.command == "GET" and path == notes:
            self.send_page(int(query["page"][0]), int(query["per_page"][0]))
        else:
            self.send(404, '{"message": "404 Not found"}')

    def send_page(self, page: int, size: int) -> None:
        first = (page - 1) * size
        shown = [
            {"id": first + n, "body": each.text, "author": {"id": USER_IDS[each.author]}}
            for n, each in enumerate(self.site.comments[first : first + size])
        ]
        more = first + size < len(self.site.comments)
        self.send_json(shown, {"x-next-page": str(page + 1) if more else ""})


@contextmanager
def serve(handler: type[Handler]) -> Iterator[FakeSite]:
    """A site without comments; `url` is its address."""
    site = FakeSite()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("SiteHandler", (handler,), {"site": site}))
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def github_variables(site: FakeSite) -> dict[str, str]:
    """What GitHub and the workflow set for the step that comments."""
    return {
        "BASE": "b" * 40,
        "COMMIT": "c" * 40,
        "GITHUB_GRAPHQL_URL": f"{site.url}/graphql",
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ID": "99",
        "GITHUB_SERVER_URL": "https://github.example.org",
        "GITHUB_TOKEN": TOKEN,
        "NUMBER": str(PULL_REQUEST),
    }


def gitlab_variables(site: FakeSite) -> dict[str, str]:
    return {
        "BASE": "b" * 40,
        "CI_API_V4_URL": f"{site.url}/api/v4",
        "CI_COMMIT_SHA": "c" * 40,
        "CI_JOB_URL": "https://gitlab.example.org/job/99",
        "CI_MERGE_REQUEST_IID": str(PULL_REQUEST),
        "CI_MERGE_REQUEST_PROJECT_ID": PROJECT,
        "CI_PROJECT_ID": "78",  # of the fork in which the job runs
        "GITLAB_CI": "true",
        "GITLAB_TOKEN": TOKEN,
    }
