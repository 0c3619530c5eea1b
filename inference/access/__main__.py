"""`python -m inference.access NAME SCOPE...`: make a token and its line for the file of tokens."""

import argparse
import secrets
import sys
from typing import Final

from inference.access.tokens import TokensError, make_line, parse_tokens
from inference.environment import WRONG_SETTINGS_EXIT
from schemas.api.access import SCOPES

TOKEN_BYTES: Final = 32


def main() -> int:
    """Print the line to standard output and the token to standard error; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m inference.access",
        description="Make a bearer token. Its line for ANOMALY_TOKENS_FILE goes to standard "
        "output, the token itself to standard error, this once: only its hash is kept.",
    )
    parser.add_argument("name", metavar="NAME", help="who holds it, for people and logs")
    parser.add_argument(
        "scopes", nargs="+", metavar="SCOPE", choices=SCOPES, help=", ".join(SCOPES)
    )
    arguments = parser.parse_args()
    token = secrets.token_urlsafe(TOKEN_BYTES)
    scopes = tuple(scope for scope in SCOPES if scope in arguments.scopes)
    line = make_line(arguments.name, scopes, token)
    try:
        parse_tokens(line)
    except TokensError as error:
        print(f"error: NAME: {error}", file=sys.stderr)
        return WRONG_SETTINGS_EXIT
    print(line)
    print(f"the token, shown this once: {token}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
