"""What can make the results of a machine differ."""

import pytest

from stages.cli.verify.machine_differences import differences_from_expected


@pytest.mark.parametrize(
    ("architecture", "system", "cpu_info", "named"),
    [
        ("x86_64", "Linux", "flags\t\t: sse4_2 avx avx2 fma\n", []),
        ("x86_64", "Linux", "", []),
        ("x86_64", "Linux", "flags\t\t: avx2 sse4_2\n", ["lacks FMA;"]),
        ("x86_64", "Linux", "flags : avx\n", ["lacks AVX2 and FMA;"]),
        ("aarch64", "Linux", "", ["aarch64"]),
        ("x86_64", "Darwin", "", ["Darwin"]),
    ],
)
def test_differences_are_named(architecture: str, system: str, cpu_info: str, named: list[str]) -> None:
    found = list(differences_from_expected(architecture, system, cpu_info))
    assert len(found) == len(named)
    assert all(name in message for name, message in zip(named, found, strict=True))
