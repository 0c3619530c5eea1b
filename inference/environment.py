"""Settings from the environment: typed, bounded, and refused as a whole when one is wrong."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from schemas.api.validation import field_error

T = TypeVar("T", bound=msgspec.Struct)

WRONG_SETTINGS_EXIT: Final = 2
"""The exit code of whatever does not start for them, as of any wrong call."""


class SettingsError(ValueError):
    """The environment does not fit; the message lists every problem, one a line."""


def load_settings(type_: type[T], environ: Mapping[str, str], prefix: str) -> T:
    """Build a settings struct from environment variables.

    Args:
        type_: the struct; the encoded name of each field is the variable's name.
        environ: where to read, usually `os.environ`.
        prefix: variables that begin with it are ours, so one that is not known is misspelt.

    Raises:
        SettingsError: a value that is of the wrong type or out of range, or an unknown variable.
    """
    problems: list[str] = []
    values: dict[str, Any] = {}
    known = {}
    for field in msgspec.structs.fields(type_):
        known[field.encode_name] = field
        text = environ.get(field.encode_name, "")
        if not text:
            continue  # set and empty is not set, as everywhere in shells and compose files
        try:
            values[field.name] = msgspec.convert(text, field.type, strict=False)
        except msgspec.ValidationError as error:
            hint = ""
            if text.startswith("tcp://"):
                hint = (
                    "; Kubernetes sets this for a Service of that name: enableServiceLinks: false"
                )
            fault = field_error(error, field.type, field.encode_name)
            problems.append(f"{fault.path}={text!r}: {fault.message}{hint}")
        except UnicodeEncodeError:  # how Python shows bytes of the environment that are no text
            problems.append(f"{field.encode_name}={text!r}: Expected text in UTF-8")
    for name in sorted(environ):
        if name.startswith(prefix) and name not in known:
            ours = ", ".join(sorted(other for other in known if other.startswith(prefix)))
            problems.append(f"{name} is not known; the variables with {prefix} are {ours}")
    if problems:
        raise SettingsError("\n".join(problems))
    return type_(**values)
