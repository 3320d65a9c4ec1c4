"""Pictures in the body, in JSON and in the form."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from PIL import Image

from stages.inference.serve.create_app import create_app
from stages.inference.serve.options import ServeOptions
from tests.core.pictures.picture_files import random_pixels, save_picture
from tests.inference.serve.small_models import PICTURES, pictures_predictor
from tests.inference.serve.started_server import Answer, Client, started

LIGHT, DARK = (save_picture(np.full((4, 4), value, np.uint8)) for value in (255, 0))
OPTIONS = ServeOptions(body_megabytes=0.1, pixels=10_000, seconds=20)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with started(create_app(PICTURES, pictures_predictor(), OPTIONS, {}), OPTIONS) as found:
        yield found


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def kinds(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.text
    return [record["kind"] for record in answer.json["predictions"]]


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "BMP"])
def test_a_picture_is_the_body(client: Client, file_format: str) -> None:
    picture = save_picture(np.full((4, 4), 255, np.uint8), file_format)
    assert kinds(client.post("/predict", picture, f"image/{file_format.lower()}")) == ["light"]


def test_pictures_are_base64_in_json(client: Client) -> None:
    rows = [{"image": text(LIGHT)}, {"image": f"data:image/png;base64,{text(DARK)}"}, {"image": [[255, 255], [0, 255]]}]
    assert kinds(client.predict(rows)) == ["light", "dark", "light"]


def test_a_picture_is_a_field_of_the_form(client: Client) -> None:
    """With the alphabet that is safe in addresses."""
    picture = save_picture(random_pixels(40, 40), "PNG")
    encoded = base64.urlsafe_b64encode(picture).decode()
    assert set("-_") <= set(encoded)
    body = urlencode({"image": encoded}).encode()
    answer = client.post("/?part=answer", body, "application/x-www-form-urlencoded")
    [record] = client.post("/predict", picture, "image/png").json["predictions"]
    assert f'<p class="value">{record["kind"]}</p>' in answer.text


WRONG = {
    "no picture": b"hello",
    "empty": b"",
    "cut off": LIGHT[:40],
    "damaged": LIGHT[:45] + b"\0\0\0\0" + LIGHT[49:],
    "another format": save_picture(np.zeros((4, 4), np.uint8), "GIF"),
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "zip": b"PK\x03\x04" + bytes(40),
    "too many pixels": save_picture(np.zeros((101, 100), np.uint8)),
    "far too many pixels": save_picture(Image.new("1", (9000, 9000))),
    "moving": save_picture(Image.new("RGB", (4, 4)), save_all=True, append_images=[Image.new("RGB", (4, 4), "red")]),
}


@pytest.mark.error_case("bodies refused by serve")
@pytest.mark.parametrize("picture", WRONG.values(), ids=WRONG)
def test_what_is_no_picture_is_refused(client: Client, picture: bytes) -> None:
    for answer in (
        client.post("/predict", picture, "image/png"),
        client.post("/predict", json.dumps({"image": text(picture)}).encode()),
    ):
        assert answer.status == 422
        [problem] = answer.json["problems"]
        assert (problem["row"], problem["column"]) == (1, "image")
        assert " " in problem["message"]
        assert len(problem["message"]) < 300


TEXTS = ["not base64!", "data:image/png,abc", "/etc/passwd", ""]
NO_PICTURES: list[object] = [*TEXTS, None, 5, {}, [[1]], [[1, 2], [3]], [["a"]]]


@pytest.mark.error_case("bodies refused by serve")
@pytest.mark.parametrize("value", NO_PICTURES, ids=str)
def test_a_value_that_is_no_picture_is_refused(client: Client, value: object) -> None:
    answer = client.predict([{"image": text(LIGHT)}, {"image": value}])
    assert answer.status == 422
    assert [problem["row"] for problem in answer.json["problems"]] == [2]


def test_no_file_of_this_machine_is_read(client: Client, tmp_path: Path) -> None:
    (tmp_path / "light.png").write_bytes(LIGHT)
    answer = client.predict({"image": str(tmp_path / "light.png")})
    assert answer.status == 422
    assert client.post("/predict", f"image\n{tmp_path}/light.png\n".encode(), "text/csv").status == 415
    assert client.predict({"image": (tmp_path / "light.png").as_uri()}).status == 422
