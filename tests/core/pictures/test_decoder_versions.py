import pytest
from PIL import features

from stages.core.pictures.decoder_versions import check_decoder_versions
from tests.download.sample_files import error_message


def test_the_installed_libraries_are_the_expected_ones():
    """After an update of Pillow this says which versions to write into DECODER_VERSIONS."""
    check_decoder_versions()


@pytest.mark.error_case("pictures refused")
def test_other_libraries_are_refused(monkeypatch):
    versions = {"libjpeg_turbo": "2.1.5", "webp": "1.6.0"}
    monkeypatch.setattr(features, "version", versions.get)
    assert error_message(check_decoder_versions) == (
        "Pillow decodes by libjpeg-turbo 2.1.5; expected 3.2.0, as in Pillow's wheels\n"
        "another version may give other pixels: run `touch requirements.lock && make setup`"
    )
