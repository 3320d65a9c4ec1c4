"""Versions of the libraries that decode JPEG and WebP, on which pixels may depend. PNG and BMP are exact."""

from PIL import features

from stages.core.errors import ErrorList

# What all wheels of the Pillow in requirements.lock contain. A Pillow from another place may have others.
DECODER_VERSIONS = {"libjpeg_turbo": "3.2.0", "webp": "1.6.0"}
NAMES = {"libjpeg_turbo": "libjpeg-turbo", "webp": "libwebp"}


SETUP = "run `touch requirements.lock && make setup`"


def check_decoder_versions(advice: str = SETUP) -> None:
    """Raise UserError if Pillow decodes by other libraries than those whose pixels are expected.

    `advice` says how to install the expected ones.
    """
    errors = ErrorList()
    for feature, expected in DECODER_VERSIONS.items():
        installed = features.version(feature) if features.check(feature) else None
        errors.check(
            installed == expected,
            f"Pillow decodes by {NAMES[feature]} {installed or 'none'}; expected {expected}, as in Pillow's wheels",
        )
    if errors.messages:
        errors.add(f"another version may give other pixels: {advice}")
    errors.raise_if_any()
