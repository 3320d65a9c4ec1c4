"""What can make the results of a machine differ."""

import pytest

from stages.cli.verify.machine_differences import processor_differences, system_differences


@pytest.mark.parametrize(
    ("architecture", "cpu_info", "named"),
    [
        ("x86_64", "flags\t\t: sse4_2 avx avx2 fma\n", []),
        ("x86_64", "", []),
        ("x86_64", "flags\t\t: avx2 sse4_2\n", ["lacks FMA;"]),
        ("x86_64", "flags : avx\n", ["lacks AVX2 and FMA;"]),
        ("aarch64", "", ["aarch64"]),
    ],
)
def test_processor(architecture: str, cpu_info: str, named: list[str]) -> None:
    found = list(processor_differences(architecture, cpu_info))
    assert len(found) == len(named)
    assert all(name in message for name, message in zip(named, found, strict=True))


def test_system() -> None:
    assert list(system_differences("Linux")) == []
    [found] = system_differences("Darwin")
    assert "Darwin" in found
