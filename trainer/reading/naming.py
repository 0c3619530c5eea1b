"""What a file's name says of the service whose log it is."""

import re
from typing import Final

from schemas.record.features import MAX_SERVICE_CHARS

_ROTATION: Final = re.compile(r"(?:(?:^|[-_])\d+)+$")


def service_of_file(uri: str) -> str:
    """The name without directories, endings, dates and rotation numbers, or `unknown`."""
    stem = uri.rstrip("/").rpartition("/")[2].partition(".")[0].strip("- ")
    return _ROTATION.sub("", stem)[:MAX_SERVICE_CHARS] or "unknown"
