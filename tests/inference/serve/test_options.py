import pytest

from stages.core.errors import UserError
from stages.inference.serve.options import ServeOptions


def test_the_defaults_are_usable() -> None:
    ServeOptions().check()


@pytest.mark.error_case("wrong options of serve")
def test_all_wrong_options_are_said_together() -> None:
    options = ServeOptions(port=70_000, body_megabytes=0, rows=-1, seconds=0, pixels=0)
    with pytest.raises(UserError) as caught:
        options.check()
    assert [message.partition(":")[0] for message in caught.value.messages] == [
        "--port", "--max-body", "--max-rows", "--timeout", "--max-pixels",
    ]  # fmt: skip
