from collections.abc import Iterator

import pytest

from tests.pull_request_comment.fake_site import FakeSite, GitHubHandler, GitLabHandler, serve


@pytest.fixture
def github() -> Iterator[FakeSite]:
    with serve(GitHubHandler) as site:
        yield site


@pytest.fixture
def gitlab() -> Iterator[FakeSite]:
    with serve(GitLabHandler) as site:
        yield site
