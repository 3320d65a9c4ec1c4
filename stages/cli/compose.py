"""`restage compose`: writes params.yaml from conf/ and checks it; `restage run` does the same before it runs."""

import sys

from stages.cli.tune.ranges.find_range_errors import find_range_errors
from stages.config.check_parameters import check_parameters
from stages.config.compose_conf import compose as compose_conf
from stages.config.dvc_config_secrets import check_secrets
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_text
from stages.core.files.check_is_file import check_is_file
from stages.core.parameters.read_params import MAX_PARAMS_BYTES, read_params
from stages.core.paths import PARAMS
from stages.guard.guard_stage import check_up_to_date


def compose(check_only: bool = False) -> None:
    """With `check_only` nothing is written, params.yaml must be what conf/ composes to, and conf/tune has no errors.

    Else errors in conf/tune are warnings, since no stage reads it: a dataset that gets another model can still run.
    """
    check_secrets()
    check_is_file(PARAMS)
    composed = compose_conf()
    suite = check_parameters(composed)
    range_errors = find_range_errors(composed.params["datasets"])
    if check_only:
        check_up_to_date(read_params(), composed.params)
        if range_errors:
            raise UserError(*range_errors)
    else:
        _write(composed.text)
        for message in range_errors:
            print(f"restage: compose: warning: {message}; `restage tune` refuses it", file=sys.stderr, flush=True)
    print(f"{PARAMS}: {len(suite.datasets)} datasets ({', '.join(suite.datasets)})", flush=True)


def _write(text: str) -> None:
    if len(text.encode()) > MAX_PARAMS_BYTES:
        raise UserError(f"{PARAMS} would have more than {MAX_PARAMS_BYTES:,} bytes; divide the suite")
    if not PARAMS.is_file() or PARAMS.read_bytes() != text.encode():
        write_text(PARAMS, text)
