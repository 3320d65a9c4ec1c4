"""Rewrites a LiteRT file so that it says nothing of how it was made."""

from collections.abc import Sequence
from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

from stages.inference.litert.signature import SIGNATURE

FILE_IDENTIFIER = b"TFL3"
# The schema of LiteRT asks for it.
BUFFER_ALIGNMENT = 16


def rewrite_litert_file(content: bytes, inputs: Sequence[str], outputs: Sequence[str]) -> bytes:
    """The same model whose inputs and outputs have these names, in the order of the file, and no other tensor has one.

    The converter names tensors by the models that were built before. It stores its version too.
    """
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    for subgraph in model.subgraphs:
        subgraph.name = None
        for tensor in subgraph.tensors:
            tensor.name = None
    main = model.subgraphs[0]
    signature = schema.SignatureDefT()
    signature.signatureKey = SIGNATURE
    signature.subgraphIndex = 0
    signature.inputs = _tensor_map(inputs, main.inputs)
    signature.outputs = _tensor_map(outputs, main.outputs)
    model.signatureDefs = [signature]
    model.description = None
    builder = _AlignedBuilder(len(content) + 1024)
    builder.Finish(model.Pack(builder), file_identifier=FILE_IDENTIFIER)
    return bytes(builder.Output())


def _tensor_map(names: Sequence[str], indices: Sequence[int]) -> list[Any]:
    tensors = []
    for name, index in zip(names, indices, strict=True):
        tensor = schema.TensorMapT()
        tensor.name, tensor.tensorIndex = name, int(index)
        tensors.append(tensor)
    return tensors


class _AlignedBuilder(flatbuffers.Builder):  # type: ignore[misc]
    def StartVector(self, elemSize: int, numElems: int, alignment: int) -> int:  # noqa: N802, N803
        """Bytes are those of a constant."""
        aligned: int = super().StartVector(elemSize, numElems, BUFFER_ALIGNMENT if elemSize == 1 else alignment)
        return aligned
