"""`python -m stages.cli.run.cluster.worker.fetch_inputs`: bring what stages read into this copy of the repository.

Standard input is a request in JSON: the names of the `stages`, generated `files` by path, and whether there is a
`remote`. Without one, this copy and the caller share a cache.
"""

import json
import sys

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.cli.run.cluster.worker.run_in_copy import read_pipeline, read_records
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.errors import UserError


def main() -> None:
    request = json.load(sys.stdin)
    try:
        with dvc_errors():
            repository = read_pipeline()
            with repository.locked():
                read_records(repository, request).fetch_inputs(request["stages"], [])
    except UserError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
