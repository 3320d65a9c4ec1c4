import asyncio
import sys

from benchmarks.studies.serve_load import example_body, peak_megabytes, report, running_server, send_load


def test_a_small_model_loses_no_answer() -> None:
    with running_server([sys.executable, "-m", "tests.inference.serve.serve_small_model", "0"]) as (address, pid):
        body = example_body(address)
        load = asyncio.run(send_load(address, body, clients=5, seconds=0.5))
        refused = asyncio.run(send_load(address, b"{", clients=1, seconds=0.1))
        megabytes = peak_megabytes(pid)
    assert body == b'{"length": 2.5, "width": 2.5}'
    assert len(load.milliseconds) > 5
    assert (load.lost, load.different) == (0, 0)
    assert refused.lost == len(refused.milliseconds)
    assert megabytes > 20
    assert "lost 0, different" in "\n".join(report(load, 5, 0.5, megabytes))
