"""What is wrong with a request, and the answer that says it."""

from collections.abc import Mapping, Sequence
from typing import Any

from stages.inference.new_rows.row_problems import RowProblem

# More problems than a person reads are counted, not listed.
MAX_PROBLEMS = 100


class RequestError(Exception):
    """One or more sentences, and the problems of rows, where there are some. `status` is that of HTTP."""

    def __init__(
        self,
        status: int,
        *messages: str,
        problems: Sequence[RowProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(*messages)
        self.status = status
        self.messages = messages
        self.problems = problems
        self.headers = dict(headers or {})

    def content(self) -> dict[str, Any]:
        """The answer as JSON."""
        return {"errors": list(self.messages)} | ({"problems": problem_records(self.problems)} if self.problems else {})


def problem_records(problems: Sequence[RowProblem]) -> list[dict[str, Any]]:
    return [{"row": found.row, "column": found.column, "message": found.message} for found in problems[:MAX_PROBLEMS]]
