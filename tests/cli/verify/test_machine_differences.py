"""What can make the results of a machine differ."""

from importlib.metadata import version
from pathlib import Path

import pytest

from stages.cli.verify.machine_differences import processor_differences, system_differences, version_differences


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


def test_versions(tmp_path: Path) -> None:
    numpy, yaml, lock = version("numpy"), version("pyyaml"), tmp_path / "requirements.lock"
    text = (
        f"numpy=={numpy} \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n"
        "pyyaml==0.1 ; python_full_version >= '3' \\\n    --hash=sha256:02\n"
        "h5py==0.1 ; sys_platform == 'never' \\\n    --hash=sha256:03\n"
        "not-installed-here==1 \\\n    --hash=sha256:04\n"
    )
    lock.write_text(text)
    [found] = version_differences(lock)
    assert found == f"installed versions differ from requirements.lock: pyyaml {yaml} (locked 0.1); run `make setup`"
    lock.write_text(text.replace("pyyaml==0.1", f"pyyaml=={yaml}"))
    assert list(version_differences(lock)) == []


def test_versions_without_a_lock(tmp_path: Path) -> None:
    assert list(version_differences(tmp_path / "requirements.lock")) == []
