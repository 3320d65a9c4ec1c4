"""The parameters of hidden layers over ids: words of a text, or categories."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from stages.core.parameters.params import Params

Count = Annotated[int, Field(ge=1)]
Rate = Annotated[float, Field(ge=0, lt=1)]


class Average(Params):
    """The mean of the vectors, whatever their order."""

    kind: Literal["average"]


class TextConvolution(Params):
    """Convolutions over `kernel` neighbouring words, one for each number of `filters`, then the maximum over the text.

    Their activation is relu.
    """

    kind: Literal["conv1d"]
    filters: list[Count] = Field(default=[64], min_length=1)
    kernel: Count = 5


class TextRecurrence(Params):
    """Recurrent layers, which read the words in their order."""

    kind: Literal["lstm", "gru"]
    cells: list[Count] = Field(default=[32], min_length=1)


class TextEncoder(Params):
    """Encoder blocks as those of `transformer`, then the mean over the words."""

    kind: Literal["transformer"]
    heads: Count = 2
    blocks: Count = 1
    feed_forward: Count = 64


def _body_from_word(value: Any) -> Any:
    """`lstm` is short for `{kind: lstm}`."""
    return {"kind": value} if isinstance(value, str) else value


Body = Annotated[
    Annotated[Average | TextConvolution | TextRecurrence | TextEncoder, Field(discriminator="kind")],
    BeforeValidator(_body_from_word),
]


WORD_WIDTH = 32
MAX_CATEGORY_WIDTH = 50


class Embedding(Params):
    """A trained vector for each id, a `body` that makes one of those of a text or window, then dense layers.

    `width` is the length of a vector: without it, 32 for words, and half the number of categories, at most 50, for
    categories. The body of a category is `average`, and any over the steps of a window. Padding after a text has no
    effect.
    """

    kind: Literal["embedding"]
    width: Count | None = None
    body: Body = Average(kind="average")
    units: list[Count] = []
    dropout: Rate = 0.0

    @model_validator(mode="after")
    def _check_heads(self) -> Self:
        if isinstance(self.body, TextEncoder) and self.width and self.width % self.body.heads:
            raise ValueError(f"width {self.width} is not divisible by heads {self.body.heads}")
        return self


def default_width(id_count: int, is_text: bool) -> int:
    """Return 32 for words, else half the number of categories, at most 50. The other two ids are no categories."""
    return WORD_WIDTH if is_text else min(MAX_CATEGORY_WIDTH, (id_count - 1) // 2)
