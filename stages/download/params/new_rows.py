"""What new rows of a dataset must be read by: pictures and texts as its source has them."""

from stages.core.pictures.picture_decoding import PictureDecoding
from stages.download.params import Source
from stages.download.params.file_params import Files, TableOptions
from stages.download.params.format_params import Reuters
from stages.download.params.picture_params import Pictures


def decoding_of_images(source: Source) -> PictureDecoding | None:
    """How the files of a dataset of pictures are decoded; None if the source is no files of pictures."""
    if isinstance(source, Files) and isinstance(source.format, Pictures):
        return _decoding(source.format)
    return None


def decoding_of_columns(source: Source) -> dict[str, tuple[PictureDecoding, str]]:
    """How each column of pictures is decoded, and the prefix of its paths, by the name that it has after `rename`."""
    if not isinstance(source, TableOptions):
        return {}
    return {
        source.rename.get(name, name): (_decoding(column), column.prefix)
        for name, column in source.picture_columns.items()
    }


def first_word_number(source: Source) -> int | None:
    """The number that every text of a dataset of word numbers begins with."""
    return source.format.start if isinstance(source, Files) and isinstance(source.format, Reuters) else None


def _decoding(params: PictureDecoding) -> PictureDecoding:
    """Without the parameters that say where the files are."""
    return PictureDecoding(**{name: getattr(params, name) for name in PictureDecoding.model_fields})
