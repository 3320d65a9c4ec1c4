"""The `restage` command."""

from stages.cli.app import main

if __name__ == "__main__":
    main()
