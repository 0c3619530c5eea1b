"""Files of tokens."""

from pathlib import Path

from inference.access.tokens import (
    make_line,
)
from schemas.api.access import Scope

SECRET = "correct-horse.battery_staple"


def listing(tmp_path: Path, **scopes: tuple[Scope, ...]) -> Path:
    """A file of tokens: each is its name behind the secret."""
    path = tmp_path / "tokens.txt"
    lines = [make_line(name, allowed, f"{SECRET}-{name}") for name, allowed in scopes.items()]
    path.write_text("\n".join(["# for a test", "", *lines]))
    return path


def bearer(name: str) -> dict[str, str]:
    """The header that carries a token of `listing`."""
    return {"Authorization": f"Bearer {SECRET}-{name}"}
