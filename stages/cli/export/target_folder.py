"""The folder that an export is written to."""

from pathlib import Path

from stages.core.errors import UserError, format_examples
from stages.export.exported_files import EXPORTED_NAMES
from stages.inference.model_folder import MANIFEST_FILE, MODEL_FILES


def check_target(target: Path) -> None:
    """Raise UserError unless there is nothing, an empty folder, or an earlier export, which is replaced as a whole."""
    if not target.exists() and not target.is_symlink():
        return
    if not target.is_dir() or target.is_symlink():
        raise UserError(f"{target}: is no folder; name another one")
    names = sorted(path.name for path in target.iterdir())
    if names and not (target / MODEL_FILES / MANIFEST_FILE).is_file():
        raise UserError(f"{target}: no export, but holds {format_examples(names)}; name an empty folder or a new one")
    if others := [name for name in names if name not in EXPORTED_NAMES]:
        raise UserError(
            f"{target}: {format_examples(others)} does not belong to the export, which is replaced as a whole; "
            "move it, or name another folder"
        )
