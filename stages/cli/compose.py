"""`restage compose`: writes params.yaml from conf/ and checks it; `restage run` does the same before it runs."""

from stages.config.check_parameters import check_parameters
from stages.config.committed_secrets import check_secrets
from stages.config.compose_conf import compose as compose_conf
from stages.core.params import read_params
from stages.core.paths import PARAMS
from stages.core.runtime.atomic_write import write_text
from stages.guard.guard_stage import check_up_to_date


def compose(check_only: bool = False) -> None:
    """With `check_only` nothing is written, and params.yaml must be what conf/ composes to."""
    check_secrets()
    composed = compose_conf()
    suite = check_parameters(composed)
    if check_only:
        check_up_to_date(read_params(), composed.params)
    elif not PARAMS.is_file() or PARAMS.read_text(encoding="utf-8") != composed.text:
        write_text(PARAMS, composed.text)
    print(f"{PARAMS}: {len(suite.datasets)} datasets ({', '.join(suite.datasets)})", flush=True)
