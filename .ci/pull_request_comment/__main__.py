"""Print the results, put them into the summary of the job, and write the comment."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from pull_request_comment.api_request import ApiError, NotPermittedError
from pull_request_comment.comment_service import CommentService, write_comment
from pull_request_comment.comment_text import FOLDER, Build, comment_text
from pull_request_comment.github_comments import GitHubComments
from pull_request_comment.gitlab_comments import GitLabComments


class NoTokenError(Exception):
    """One sentence: what to set."""


def read_build(variables: Mapping[str, str]) -> Build:
    # If no commit was found to compare with, the job failed before its first step.
    base = variables.get("BASE", "")
    if "GITLAB_CI" in variables:
        return Build(variables["CI_COMMIT_SHA"], base, variables["CI_JOB_URL"])
    run = f"{variables['GITHUB_SERVER_URL']}/{variables['GITHUB_REPOSITORY']}/actions/runs/{variables['GITHUB_RUN_ID']}"
    return Build(variables["COMMIT"], base, run)


def comment_service(variables: Mapping[str, str]) -> CommentService:
    if "GITLAB_CI" in variables:
        token = read_token(variables, "GITLAB_TOKEN", "a project access token with the scope api")
        number = int(variables["CI_MERGE_REQUEST_IID"])
        # The number is one of the project that is merged into; the job of a fork runs in another project.
        project = variables["CI_MERGE_REQUEST_PROJECT_ID"]
        return GitLabComments(variables["CI_API_V4_URL"], project, number, token)
    token = read_token(variables, "GITHUB_TOKEN", "github.token, in env of the step")
    url, repository = variables["GITHUB_GRAPHQL_URL"], variables["GITHUB_REPOSITORY"]
    return GitHubComments(url, repository, int(variables["NUMBER"]), token)


def read_token(variables: Mapping[str, str], name: str, value: str) -> str:
    token = variables.get(name, "")
    if not token:
        raise NoTokenError(f"{name} is not set: set it to {value}")
    return token


def write_summary(text: str, variables: Mapping[str, str]) -> None:
    if "GITHUB_STEP_SUMMARY" in variables:
        with Path(variables["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as file:
            file.write(text)


def main(variables: Mapping[str, str]) -> int:
    """The exit status: 1 if the comment should have been written and was not. Outside of a job, the text is printed."""
    if not {"GITLAB_CI", "GITHUB_RUN_ID"} & variables.keys():
        print(comment_text(FOLDER, Build(variables.get("COMMIT", ""), variables.get("BASE", ""), "")))
        print("No comment: this is no job of GitHub Actions or GitLab CI.")
        return 0
    text = comment_text(FOLDER, read_build(variables))
    print(text)
    write_summary(text, variables)
    try:
        print(f"Comment {write_comment(comment_service(variables), text)}.")
    except NotPermittedError as error:
        # A token that may only read is no failure of the pull request.
        print(f"::warning::No comment, since the token may not write one, as in a pull request from a fork: {error}")
    except (ApiError, NoTokenError) as error:
        print(f"::error::No comment: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ))
