from collections.abc import Callable
from typing import NamedTuple

import pytest
from pull_request_comment import api_request
from pull_request_comment.__main__ import comment_service
from pull_request_comment.api_request import ApiError, NotPermittedError
from pull_request_comment.comment_service import MARKER, write_comment

from tests.pull_request_comment.fake_site import BOT, PERSON, FakeSite, github_variables, gitlab_variables


class Site(NamedTuple):
    fake: FakeSite
    variables: Callable[[FakeSite], dict[str, str]]

    def write(self, text: str, **changed: str) -> str:
        return write_comment(comment_service(self.variables(self.fake) | changed), f"{MARKER}\n{text}")


@pytest.fixture(params=["github", "gitlab"])
def site(request: pytest.FixtureRequest) -> Site:
    variables = {"github": github_variables, "gitlab": gitlab_variables}
    return Site(request.getfixturevalue(request.param), variables[request.param])


def test_the_first_run_creates_a_comment_and_the_second_updates_it(site: Site) -> None:
    assert site.write("first") == "created"
    assert site.write("second") == "updated"
    assert site.fake.texts_of(BOT) == [f"{MARKER}\nsecond"]


def test_the_comment_is_found_after_more_than_a_hundred_others(site: Site) -> None:
    for n in range(250):
        site.fake.add(PERSON, f"Remark {n}")
    site.write("first")
    for n in range(150):
        site.fake.add(PERSON, f"Another remark {n}")
    assert site.write("second") == "updated"
    assert site.fake.texts_of(BOT) == [f"{MARKER}\nsecond"]
    assert site.fake.comments[250].versions == 2


def test_a_comment_of_another_user_with_the_marker_is_not_touched(site: Site) -> None:
    site.fake.add(PERSON, f"{MARKER}\nmine")
    assert site.write("first") == "created"
    assert site.write("second") == "updated"
    assert site.fake.texts_of(PERSON) == [f"{MARKER}\nmine"]
    assert site.fake.comments[0].versions == 1
    assert site.fake.texts_of(BOT) == [f"{MARKER}\nsecond"]


def test_another_comment_of_the_token_is_not_touched(site: Site) -> None:
    site.fake.add(BOT, f"Coverage is 93%. It quotes {MARKER}.")
    assert site.write("first") == "created"
    assert [comment.versions for comment in site.fake.comments] == [1, 1]


@pytest.mark.parametrize(
    ("status", "text"), [(404, '{"message": "Not Found"}'), (500, ""), (502, "<html>\nBad gateway</html>")]
)
def test_an_error_of_the_site_is_one_sentence(status: int, text: str, site: Site) -> None:
    site.fake.failure = (status, text)
    with pytest.raises(ApiError, match=rf"^(GET|POST) http://127\.0\.0\.1:\d+/.*: status {status}: .+$") as error:
        site.write("first")
    assert "\n" not in str(error.value)


def test_a_token_that_may_not_comment_is_an_error_of_its_own(site: Site) -> None:
    site.fake.failure = (403, '{"message": "Resource not accessible by integration"}')
    with pytest.raises(NotPermittedError, match="Resource not accessible by integration"):
        site.write("first")


def test_too_many_requests_are_no_missing_permission(site: Site) -> None:
    site.fake.failure = (403, '{"message": "You have exceeded a secondary rate limit"}')
    with pytest.raises(ApiError, match="rate limit") as error:
        site.write("first")
    assert not isinstance(error.value, NotPermittedError)


def test_a_wrong_token(site: Site) -> None:
    with pytest.raises(ApiError, match=r"status 401: .*Bad credentials"):
        site.write("first", GITHUB_TOKEN="other", GITLAB_TOKEN="other")


def test_no_answer_in_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_request, "TIMEOUT", 0.2)
    site.fake.delay = 0.6
    with pytest.raises(ApiError, match=r": no answer in 0\.2 seconds$"):
        site.write("first")


def test_no_server(site: Site) -> None:
    with pytest.raises(ApiError, match="no connection"):
        site.write("first", GITHUB_GRAPHQL_URL="http://127.0.0.1:9/graphql", CI_API_V4_URL="http://127.0.0.1:9")


def test_an_answer_that_is_no_json(site: Site) -> None:
    site.fake.failure = (200, "<html>Sign in</html>")
    with pytest.raises(ApiError, match="the answer is not JSON: '<html>Sign in"):
        site.write("first")


@pytest.mark.parametrize(("kind", "error"), [("FORBIDDEN", NotPermittedError), ("NOT_FOUND", ApiError)])
def test_github_reports_errors_of_a_query_with_the_status_of_a_success(
    kind: str, error: type[ApiError], github: FakeSite
) -> None:
    github.failure = (200, f'{{"data": null, "errors": [{{"type": "{kind}", "message": "No such thing"}}]}}')
    with pytest.raises(error, match="No such thing") as raised:
        write_comment(comment_service(github_variables(github)), MARKER)
    assert type(raised.value) is error


def test_github_may_let_a_token_read_but_not_write(github: FakeSite) -> None:
    github.failing = lambda request: "addComment(" in request
    github.failure = (200, '{"data": null, "errors": [{"type": "FORBIDDEN", "message": "Not accessible"}]}')
    with pytest.raises(NotPermittedError):
        write_comment(comment_service(github_variables(github)), MARKER)
    assert github.comments == []
