"""The names that records of JSON were met with, as a struct that refuses all others.

Of a record with other names nobody knows whether they hold a trace or a part, so it is read whole
once, and its names are met from then on.
"""

from typing import Any, Final

import msgspec

from inference.intake.field_names import plain_name
from inference.intake.trace_names import is_wrapper, may_hold_trace

__all__ = ["MetNames"]

MAX_NAMES: Final = 512
"""Names that are remembered: a bound against hostile records."""

MAX_DEPTH: Final = 6
"""Objects within each other that hold a part at most."""

_NULL: Final = "null"
_ANY: Final = "any"

_Names = dict[str, Any]
"""For each name `_NULL`, `_ANY`, or the names of the object there."""


class MetNames:
    """Remembers names, and what may stand under each in a record that is read quickly.

    Args:
        parts: the fields of the parts, as a struct has them, by the name in the record.
        decisive: plain paths of fields that decide on a part themselves, wherever they are.
    """

    def __init__(self, parts: dict[str, tuple[Any, ...]], decisive: frozenset[str]) -> None:
        self._parts = parts
        self._decisive = decisive
        self._heads = frozenset(
            path[:end] for path in decisive for end, char in enumerate(path) if char == "."
        )
        self._names: _Names = {}
        self._n_names = 0

    def learn(self, document: dict[str, Any]) -> bool:
        """Note the names of a record; whether any of them was new."""
        before = self._n_names
        self._add(self._names, document, (), within=True)
        return self._n_names > before

    def _add(
        self, names: _Names, document: dict[str, Any], path: tuple[str, ...], *, within: bool
    ) -> None:
        for name, value in document.items():
            plain = plain_name(name)
            here = (*path, plain)
            if name not in names:
                if self._n_names >= MAX_NAMES:
                    return
                self._n_names += 1
                names[name] = self._kind(plain, here, within=within)
            if type(names[name]) is dict and isinstance(value, dict):
                inside = within and is_wrapper(plain)
                self._add(names[name], value, here, within=inside)

    def _kind(self, plain: str, path: tuple[str, ...], *, within: bool) -> Any:
        """What may stand under a name.

        Args:
            plain: the name.
            path: the plain path to it.
            within: whether traces are looked for here.
        """
        whole = ".".join(path)
        head, dot, rest = plain.partition(".")
        wrapper = path[-2] if len(path) > 1 else ""
        is_trace = within and (
            may_hold_trace(plain, wrapper) is not None
            or bool(dot and is_wrapper(head) and may_hold_trace(rest, head) is not None)
        )
        if is_trace or whole in self._decisive:
            return _NULL
        if ((within and is_wrapper(plain)) or whole in self._heads) and len(path) < MAX_DEPTH:
            return {}
        return _ANY

    def struct(self) -> type[Any]:
        """A struct of the parts; it refuses names that were not met, and traces."""
        kinds = {name: self._names.get(name) for name in (*self._names, *self._parts)}
        fields = [
            self._parts.get(name) or (f"beside{n}", _type_of(kind), None)
            for n, (name, kind) in enumerate(kinds.items())
        ]
        renamed = {field[0]: name for field, name in zip(fields, kinds, strict=True)}
        return msgspec.defstruct(
            "Met",
            fields,
            rename=renamed,
            frozen=True,
            gc=False,
            kw_only=True,
            forbid_unknown_fields=True,
        )


def _type_of(kind: Any) -> Any:
    if kind == _NULL:
        return None
    if kind == _ANY:
        return msgspec.Raw
    fields = [(f"beside{n}", _type_of(inner), None) for n, inner in enumerate(kind.values())]
    inner = msgspec.defstruct(
        "Around",
        fields,
        rename={f"beside{n}": name for n, name in enumerate(kind)},
        frozen=True,
        gc=False,
        forbid_unknown_fields=True,
    )
    return inner | str | int | float | bool | list[Any] | None
