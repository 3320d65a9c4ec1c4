"""The names of the files of an exported folder."""

README, DOCKER_FILE = "README.md", "Dockerfile"
REQUIREMENTS, SERVE_REQUIREMENTS = "requirements.txt", "requirements-serve.txt"
PACKAGE = "model"
EXPORTED_NAMES = frozenset([README, DOCKER_FILE, REQUIREMENTS, SERVE_REQUIREMENTS, PACKAGE])
