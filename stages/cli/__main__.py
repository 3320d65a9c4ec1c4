"""`python3 -m stages.cli`: the `restage` command without an installation."""

from stages.core.runtime.bootstrap import prepare_process

if __name__ == "__main__":
    prepare_process()

from stages.cli.app import main

if __name__ == "__main__":
    main()
