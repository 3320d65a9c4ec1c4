"""Products of TensorFlow do not depend on the processor's caches."""

import json
import mmap
import platform
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from stages.core.errors import UserError
from stages.core.runtime import eigen_cache_sizes
from stages.core.runtime.eigen_cache_sizes import CACHE_SIZES, LIBRARY, set_cache_sizes, variable_address

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(
    platform.machine() != "x86_64" or sys.platform != "linux", reason="Eigen asks processors of this kind only"
)
# The gradient of a dense layer's weights: this product follows L1.
PRODUCT = """\
import hashlib, json, sys
from stages.core.runtime.eigen_cache_sizes import CACHE_SIZES, set_cache_sizes
from stages.core.runtime.keras import start_keras
start_keras(1)
import numpy as np
import tensorflow as tf
random = np.random.default_rng(0)
a, b = (tf.constant(random.normal(size=size), tf.float32) for size in ((32, 784), (32, 128)))
product = tf.function(lambda a, b: tf.matmul(a, b, transpose_a=True), jit_compile=True)
def md5(*sizes):
    set_cache_sizes(sizes or CACHE_SIZES)
    return hashlib.md5(product(a, b).numpy()).hexdigest()
started = hashlib.md5(product(a, b).numpy()).hexdigest()
print(json.dumps([started, md5(48 << 10, 2 << 20, 30 << 20), md5(32 << 10, 256 << 10, 8 << 20), md5()]))
"""


def test_a_product_follows_the_sizes_that_are_set_at_the_start() -> None:
    done = subprocess.run([sys.executable, "-c", PRODUCT], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    started, larger_l1, same_l1, again = json.loads(done.stdout)
    assert started == same_l1 == again != larger_l1


def library_of_tensorflow() -> Path:
    spec = find_spec("tensorflow")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / LIBRARY


def test_a_library_without_the_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eigen_cache_sizes, "_loaded_library", lambda: (library_of_tensorflow(), 0))
    monkeypatch.setattr(eigen_cache_sizes, "variable_address", lambda content, name: None)
    with pytest.raises(UserError, match=rf"{LIBRARY}: has no symbol table.*make setup"):
        set_cache_sizes(CACHE_SIZES)


def test_a_process_without_tensorflow_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "maps").write_text("7f00-7f10 r--p 00000000 fe:00 12 /lib/libc.so.6\n")
    monkeypatch.setattr(eigen_cache_sizes, "_MAPPINGS", tmp_path / "maps")
    with pytest.raises(UserError, match=LIBRARY):
        set_cache_sizes()


def test_a_symbol_that_a_library_has_is_found_and_another_is_not() -> None:
    with library_of_tensorflow().open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as content:
        address = variable_address(content, b"TF_Version")
        assert address is not None
        assert 0 < address < len(content)
        assert variable_address(content, b"no_such_symbol") is None
