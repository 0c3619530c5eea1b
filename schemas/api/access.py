"""The scopes of callers' tokens."""

from typing import Final, Literal, get_args

Scope = Literal["predict", "train", "metrics"]
"""Ask about logs and about the model; train, and change what serves; read the metrics."""

SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
