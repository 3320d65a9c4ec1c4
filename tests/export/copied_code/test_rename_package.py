"""Imports of copied code name the new package; nothing else changes."""

import pytest

from stages.export.copied_code.rename_package import rename_package


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from stages import core", "from model import core"),
        ("from stages.core.errors import (\n    UserError,\n)", "from model.core.errors import (\n    UserError,\n)"),
        ("import stages.core.paths as paths", "import model.core.paths as paths"),
        ("import numpy, stages.core as core", "import numpy, model.core as core"),
        ("if x:\n    from stages.core import y  # of stages", "if x:\n    from model.core import y  # of stages"),
        ("é = 'ü'; from stages.core import y", "é = 'ü'; from model.core import y"),
        ("from stagesets import x", "from stagesets import x"),
        ("text = 'from stages.core import x'", "text = 'from stages.core import x'"),
        ("stages = 1", "stages = 1"),
        (
            'def f():\n    """Éx.\n\n    >>> from stages.core.errors import UserError\n    """',
            'def f():\n    """Éx.\n\n    >>> from model.core.errors import UserError\n    """',
        ),
        ('"""All stages. `python -m stages.train`"""', '"""All stages. `python -m stages.train`"""'),
    ],
)
def test_only_imports_and_docstrings_change(source: str, expected: str) -> None:
    assert rename_package(source, "model") == expected


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("\nimport stages.core", "line 2: `import stages.core` binds the name stages"),
        ("from . import x", "line 1: a relative import"),
    ],
)
def test_what_cannot_be_renamed_is_refused(source: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        rename_package(source, "model")
