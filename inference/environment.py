"""Settings from the environment: typed, bounded, and refused as a whole when any is wrong."""

import difflib
from collections.abc import Collection, Mapping
from typing import Any, Final, TypeVar

import msgspec

from schemas.api.validation import field_error

T = TypeVar("T", bound=msgspec.Struct)

WRONG_SETTINGS_EXIT: Final = 2
"""The exit code of a program that does not start for wrong settings, as for wrong usage."""


_PREFIX: Final = "ANOMALY_"
"""The prefix of variables that only this project reads."""

_PREFIXES: Final = (f"{_PREFIX}SERVE_", f"{_PREFIX}TRAIN_", f"{_PREFIX}MIRROR_")
"""Each program's own; all may share an environment."""

_OF_ONE: Final = {
    f"{_PREFIX}{name}": f"{_PREFIX}SERVE_"
    for name in ("ALERTMANAGER_URL", "OTLP_FORWARD", "SHADOW")
}
"""Variables of a single service without its prefix, and that prefix."""

_NEAR: Final = 0.86
"""How alike (`difflib`) a misspelt name is to ours: one letter of five more or less."""


class SettingsError(ValueError):
    """The environment does not fit; the message lists every problem on a line of its own."""


def load_settings(type_: type[T], environ: Mapping[str, str], prefix: str) -> T:
    """Build a settings struct from environment variables.

    Args:
        type_: the struct; the encoded name of each field is the variable's name.
        environ: where to read, usually `os.environ`.
        prefix: what the names of this program's own variables begin with. All may share an
            environment, so variables with another program's prefix are ignored; any other
            that begins with ANOMALY_ and is not known is misspelt, and so is a variable
            whose name is nearly that of a variable without the prefix.

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
        nearest = None if name in known else _meant(name, known, prefix)
        if nearest is not None:
            problems.append(f"{name} is not known; the nearest variable is {nearest}")
    if problems:
        raise SettingsError("\n".join(problems))
    return type_(**values)


def _meant(name: str, known: Collection[str], prefix: str) -> str | None:
    """The variable that a misspelt name was meant for; None for a name of another program.

    Names are compared in capitals: `model_dir` is as misspelt as `MODELDIR`.
    """
    capitals = name.upper()
    if not capitals.startswith(_PREFIX):
        return next(iter(difflib.get_close_matches(capitals, known, 1, cutoff=_NEAR)), None)
    owner = _OF_ONE.get(capitals, "")
    if not capitals.startswith(prefix) and (owner or capitals).startswith(_PREFIXES):
        return None
    ours = [variable for variable in known if variable.startswith(_PREFIX)]
    return difflib.get_close_matches(capitals, ours, 1, cutoff=0.0)[0]
