from pathlib import Path

import pytest

from stages.cli.new.write.check_dataset import compose_alone
from stages.core.errors import UserError


@pytest.mark.error_case("files that cannot become a dataset")
def test_an_error_names_the_file_in_conf(clone: Path) -> None:
    """It is composed in a temporary copy."""
    text = Path("conf/dataset/iris.yaml").read_text().replace("epochs:", "epoch:")
    with pytest.raises(UserError) as caught:
        compose_alone("flowers", text)
    assert [message.partition(":")[0] for message in caught.value.messages] == ["conf/dataset/flowers.yaml"] * 2
