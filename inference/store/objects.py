"""The way to S3, Google Cloud Storage and Azure; obstore is an extra of the serving image.

Endpoints and credentials come from the environment, as obstore reads it (`AWS_ENDPOINT_URL`,
`AWS_ACCESS_KEY_ID`, `AWS_ALLOW_HTTP` ...).
"""

import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from obstore.exceptions import PreconditionError
from obstore.store import ObjectStore, from_url

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

ENVIRONMENT: Final = {
    "s3": "AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS or GOOGLE_SERVICE_ACCOUNT",
    "az": "AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCOUNT_KEY",
}
"""The known schemes, and where to find the settings of each."""

# A store that does not answer: the last attempt begins before 8 s are over and ends 5 s later.
_RETRIES: "Final[RetryConfig]" = {
    "max_retries": 5,
    "retry_timeout": timedelta(seconds=8),
    "backoff": {
        "init_backoff": timedelta(seconds=0.2),
        "max_backoff": timedelta(seconds=2),
        "base": 2,
    },
}
_TIMEOUTS: Final = {"connect_timeout": "5s", "read_timeout": "5s", "timeout": "120s"}
# Options given replace all of the environment's settings of the client, so they are read here.
_CLIENT_VARIABLES: Final = (
    "allow_http",
    "allow_invalid_certificates",
    "connect_timeout",
    "read_timeout",
    "timeout",
    "proxy_url",
    "proxy_excludes",
)
_PREFIXES: Final = {"s3": "AWS", "gs": "GOOGLE", "az": "AZURE"}

_MAX_REASON_CHARS: Final = 300


def split_address(url: str) -> tuple[str, str, str]:
    """Scheme, bucket and key of an address.

    Raises:
        ValueError: it is no such address; lists the known schemes.
    """
    scheme, _, rest = url.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme not in ENVIRONMENT or not bucket:
        known = ", ".join(f"{scheme}://bucket/key" for scheme in ENVIRONMENT)
        raise ValueError(f"{url}: expected {known}")
    return scheme, bucket, key


def open_store(scheme: str, bucket: str, prefix: str = "") -> ObjectStore:
    """The objects of a bucket, or of a prefix in it."""
    address = f"{scheme}://{bucket}/{prefix}" if prefix else f"{scheme}://{bucket}"
    return from_url(address, client_options=_client_options(scheme), retry_config=_RETRIES)


def describe_store_error(error: Exception) -> str:
    """The complaint of a store or its client, in a line without signatures."""
    if isinstance(error, PreconditionError):
        return "the object changed while it was read"
    # obstore adds its internals below the first paragraph; text behind a question mark may be a
    # signature.
    text = re.sub(r"\?[^\s<>]*", "", str(error).partition("\n\nDebug source")[0])
    if "builder error" in text and "http://" in text:
        return "plain http is not allowed; AWS_ALLOW_HTTP=true allows it"
    message = re.search(r"<Message>(.*?)</Message>", text, re.DOTALL)
    reason = " ".join((message[1] if message else text).split())[:_MAX_REASON_CHARS]
    if message:
        return f"the object store says: {reason}"
    silent = "error sending request" in text
    return f"the object store {'does not answer' if silent else 'fails'} ({reason})"


def _client_options(scheme: str) -> "ClientConfig":
    options: dict[str, Any] = dict(_TIMEOUTS)
    for name in _CLIENT_VARIABLES:
        value = os.environ.get(f"{_PREFIXES[scheme]}_{name.upper()}")
        if value:
            options[name] = value
    return options  # type: ignore[return-value] # the keys are ClientConfig's, not literals here
