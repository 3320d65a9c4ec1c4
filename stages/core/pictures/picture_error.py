"""What is wrong with one picture."""

from stages.core.errors import UserError


class PictureError(UserError):
    """A file that cannot be read as a picture. Files with the same `problem` are reported together."""

    def __init__(self, problem: str, detail: str = "") -> None:
        self.problem, self.detail = problem, detail
        super().__init__(f"{problem}: {detail}" if detail else problem)
