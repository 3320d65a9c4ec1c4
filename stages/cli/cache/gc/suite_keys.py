"""Which datasets any suite of conf/ has, without composing them all."""

import re

from stages.core.errors import UserError
from stages.core.parameters.read_params import read_params
from stages.core.paths import CONF

# As in `- /dataset@datasets.iris: iris`.
_DATASET = re.compile(r"@datasets\.(\w+):")


def keys_of_suites() -> set[str]:
    """The datasets that conf/suite and this clone's conf/local.yaml name, and those of params.yaml."""
    files = [*(CONF / "suite").glob("*.yaml"), *CONF.glob("local.yaml")]
    found = {key for file in files for key in _DATASET.findall(file.read_text(encoding="utf-8"))}
    try:
        return found | set(read_params().get("datasets", {}))
    except UserError:
        return found  # no params.yaml yet
