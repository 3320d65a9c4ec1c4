"""The versions of the libraries that a result came from."""

from importlib.metadata import version


def versions(*packages: str) -> dict[str, str]:
    return {package: version(package) for package in packages}
