"""JSON laid out so that a run is a line: short to read, and short to compare."""

from typing import Any, Final

import msgspec

LINE_CHARS: Final = 200


def laid_out(value: Any, indent: str = "") -> str:
    """A JSON value; what fits into a line is one line, the rest one line a member.

    Args:
        value: as `msgspec.to_builtins` gives it.
        indent: what the lines behind the first begin with.
    """
    line = msgspec.json.encode(value).decode()
    if len(line) <= LINE_CHARS or not isinstance(value, dict | list) or not value:
        return line
    deeper = indent + " "
    if isinstance(value, dict):
        members = [
            f"{msgspec.json.encode(name).decode()}: {laid_out(member, deeper)}"
            for name, member in value.items()
        ]
        return "{\n" + ",\n".join(deeper + member for member in members) + f"\n{indent}}}"
    members = [laid_out(member, deeper) for member in value]
    return "[\n" + ",\n".join(deeper + member for member in members) + f"\n{indent}]"
