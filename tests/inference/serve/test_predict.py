"""What /predict answers to rows."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from stages.inference.serve.create_app import create_app
from stages.inference.serve.options import ServeOptions
from tests.inference.serve.batching.test_prediction_queue import BlockedModel
from tests.inference.serve.small_models import LEVELS, SIZES, levels_predictor, run_sizes, sizes_predictor
from tests.inference.serve.started_server import Client, started

LARGE = {"length": 3, "width": 3}
SMALL = {"length": 1, "width": 2}


def test_one_row_has_a_prediction_with_its_probabilities(client: Client) -> None:
    answer = client.predict(LARGE)
    assert answer.status == 200
    [record] = answer.json["predictions"]
    assert list(record) == ["size", "size_probability", "size_p_large", "size_p_small <b>"]
    assert record["size"] == "large"
    assert record["size_probability"] == record["size_p_large"] == pytest.approx(0.7310586, rel=1e-6)


@pytest.mark.parametrize("value", [[LARGE, SMALL], {"rows": [LARGE, SMALL]}], ids=["array", "rows"])
def test_many_rows_are_answered_in_their_order(client: Client, value: object) -> None:
    answer = client.predict(value)
    assert [record["size"] for record in answer.json["predictions"]] == ["large", "small <b>"]


def test_other_columns_are_carried_along_before_the_predictions(client: Client) -> None:
    [record] = client.predict({"id": "a7", **LARGE, "note": None}).json["predictions"]
    assert list(record)[:3] == ["id", "note", "size"]
    assert record["id"] == "a7"


def test_csv_is_answered_as_csv(client: Client) -> None:
    answer = client.post("/predict", b"id,width,length\na,3,3\nb,1,2\n", "text/csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    header, first, second = answer.text.splitlines()
    assert header == "id,size,size_probability,size_p_large,size_p_small <b>"
    assert first.startswith("a,large,0.731")
    assert second.startswith("b,small <b>,0.88")


@pytest.mark.parametrize(
    ("content_type", "accept", "expected"),
    [
        ("text/csv", "application/json", "application/json"),
        ("text/csv", "*/*", "text/csv"),
        ("application/json", "text/csv", "text/csv"),
        ("application/json", "text/html, text/csv;q=0.9, */*;q=0.8", "text/csv"),
        ("application/json; charset=UTF-8", "", "application/json"),
        ("application/x-www-form-urlencoded", "", "application/json"),
    ],
)
def test_accept_chooses_the_format(client: Client, content_type: str, accept: str, expected: str) -> None:
    bodies = {
        "text/csv": b"length,width\n3,3\n",
        "application/json": json.dumps(LARGE).encode(),
        "application/x-www-form-urlencoded": b"length=3&width=3",
    }
    answer = client.post("/predict", bodies[content_type.partition(";")[0]], content_type, Accept=accept)
    assert answer.status == 200
    assert answer.headers["content-type"].partition(";")[0] == expected


def test_one_bad_row_refuses_all_and_says_which(client: Client) -> None:
    answer = client.predict([LARGE, {"length": "wide", "width": 1}, {"length": 1}])
    assert answer.status == 422
    assert answer.json["errors"] == ["2 rows cannot be used"]
    found = [(problem["row"], problem["column"]) for problem in answer.json["problems"]]
    assert found == [(2, "length"), (3, "width")]


def test_gaps_are_reported_together_with_values_that_cannot_be_read(client: Client) -> None:
    answer = client.predict([{"length": "wide", "width": 1}, {"length": 1, "width": None}])
    assert [(problem["row"], problem["column"]) for problem in answer.json["problems"]] == [(1, "length"), (2, "width")]


def test_skip_bad_predicts_the_good_rows(client: Client) -> None:
    answer = client.predict([{"length": "wide", "width": 1}, SMALL, LARGE], "/predict?skip_bad=true")
    assert answer.status == 200
    assert answer.headers["x-rows-left-out"] == "1"
    assert [record["size"] for record in answer.json["predictions"]] == ["small <b>", "large"]
    assert answer.json["rows"] == [2, 3]
    assert [problem["row"] for problem in answer.json["problems"]] == [1]


def test_skip_bad_counts_the_rows_that_csv_leaves_out(client: Client) -> None:
    answer = client.post("/predict?skip_bad=true", b"length,width\n3,3\n,1\nx,2\n", "text/csv")
    assert answer.headers["x-rows-left-out"] == "2"
    assert len(answer.text.splitlines()) == 2


@pytest.mark.error_case("bodies refused by serve")
@pytest.mark.parametrize("query", ["skip_bad=1", "skip=true", "skip_bad=true&debug=1", "skip_bad="])
def test_a_wrong_parameter_is_refused(client: Client, query: str) -> None:
    answer = client.predict(LARGE, f"/predict?{query}")
    assert answer.status == 422
    assert "skip_bad" in answer.json["errors"][0]


def test_concurrent_requests_have_their_own_answers(client: Client) -> None:
    lengths = [n / 7 for n in range(60)]
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda length: client.predict({"length": length, "width": 1}), lengths))
    alone = run_sizes({"x": np.array([[length, 1] for length in lengths], np.float32)})["size"][:, 0]
    found = [answer.json["predictions"][0]["size_p_large"] for answer in answers]
    assert found == [float(str(value)) for value in alone]


def test_a_full_queue_is_said_with_a_time_to_try_again() -> None:
    model, options = BlockedModel(), ServeOptions(waiting_rows=2, seconds=20)
    with (
        started(create_app(SIZES, sizes_predictor(model.run), options, {}), options) as client,
        ThreadPoolExecutor(2) as threads,
    ):
        first = threads.submit(client.predict, [LARGE, LARGE])
        assert model.started.wait(60)
        refused = client.predict(LARGE)
        model.open.set()
        assert first.result().status == 200
    assert refused.status == 503
    assert refused.headers["retry-after"] == "1"
    assert "try again" in refused.json["errors"][0]


def test_an_answer_that_takes_too_long_is_said_and_the_server_goes_on() -> None:
    model, options = BlockedModel(), ServeOptions(seconds=0.3)
    with started(create_app(SIZES, sizes_predictor(model.run), options, {}), options) as client:
        late = client.predict(LARGE)
        model.open.set()
        # On a machine with other work, the next answers may be late too.
        assert any(client.predict(LARGE).status == 200 for _ in range(100))
    assert late.status == 504
    assert late.json["errors"] == ["there is no answer after 0.3 seconds"]


def test_the_server_answers_while_the_model_runs() -> None:
    model, options = BlockedModel(), ServeOptions(seconds=20)
    with (
        started(create_app(SIZES, sizes_predictor(model.run), options, {}), options) as client,
        ThreadPoolExecutor(1) as threads,
    ):
        waiting = threads.submit(client.predict, LARGE)
        assert model.started.wait(60)
        start = time.monotonic()
        assert client.get("/health").status == 200
        assert time.monotonic() - start < 5
        assert not waiting.done()
        model.open.set()
        assert waiting.result().status == 200


def test_an_error_of_the_model_is_no_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    def broken(inputs: object) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
        raise RuntimeError("secret 4711")

    options = ServeOptions()
    with started(create_app(SIZES, sizes_predictor(broken), options, {}), options) as client:
        answer = client.predict(LARGE)
        assert client.get("/health").status == 200
    assert answer.status == 500
    assert "4711" not in answer.text
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    [failure] = [line for line in lines if line["event"] == "failure"]
    assert failure["type"] == "RuntimeError"
    assert failure["places"][-1].startswith("test_predict.py:")
    assert "4711" not in json.dumps(lines)


def test_a_series_is_forecast_with_times() -> None:
    options = ServeOptions()
    rows = [{"day": f"2024-01-0{n}", "level": float(n)} for n in range(1, 5)]
    text = "day,level\n" + "".join(f"{row['day']},{row['level']}\n" for row in rows)
    with started(create_app(LEVELS, levels_predictor(), options, {}), options) as client:
        answer = client.predict(rows)
        as_csv = client.post("/predict", text.encode(), "text/csv")
        short = client.predict(rows[:2])
        gap = client.predict([*rows[:3], {"day": "2024-01-04", "level": None}])
        skipped = client.predict(rows, "/predict?skip_bad=true")
    assert answer.json["predictions"] == [
        {"day": "2024-01-05", "step": 1, "level": 5.0},
        {"day": "2024-01-06", "step": 2, "level": 6.0},
    ]
    assert as_csv.text == "day,step,level\n2024-01-05,1,5.0\n2024-01-06,2,6.0\n"
    assert short.status == gap.status == skipped.status == 422
    assert "last 3 rows" in short.json["errors"][0]
    assert gap.json["problems"][0]["row"] == 4


def test_threads_end_with_the_server() -> None:
    options = ServeOptions()
    before = threading.active_count()
    with started(create_app(SIZES, sizes_predictor(), options, {}), options) as client:
        client.predict([LARGE] * 200)
    assert threading.active_count() == before


def test_csv_is_utf_8_whatever_the_encoding_of_the_data() -> None:
    notation = SIZES.notation.model_copy(update={"encoding": "latin-1"})
    app = create_app(SIZES.model_copy(update={"notation": notation}), sizes_predictor(), ServeOptions(), {})
    with started(app, ServeOptions()) as client:
        answer = client.post("/predict", "length,width,name\n1,2,é\n".encode(), "text/csv")
    assert answer.text.splitlines()[1].startswith("é,")
