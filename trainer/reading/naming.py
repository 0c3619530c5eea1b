"""The service's name from the name of its log file."""

import re
from typing import Final

from schemas.record.features import MAX_SERVICE_CHARS

_ROTATION: Final = re.compile(
    r"(?:-[0-9a-f]{8,10}-[a-z0-9]{5})?"
    r"(?:(?:^|[-_.])(?:\d+|\d{4}-\d\d-\d\d(?:[T_-]\d\d(?:[-_:]?\d\d){0,2}Z?)?|\d{8}T\d{4,6}Z?"
    r"|(?=[a-f]*\d)[0-9a-f]{7,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))*$"
)
"""Numbers, dates and hours, and the hashes and unique ids of pods and containers."""

_POD: Final = re.compile(r"/pods/[^/]+_[^/]+_[^/]+/(?P<container>[^/]+)/[^/]+$")
"""/var/log/pods/namespace_pod_uid/container/0.log"""

_CONTAINER: Final = re.compile(
    r"/containers/[^/_]+_[^/_]+_(?P<container>[^/]+)-[0-9a-f]{64}\.log[^/]*$"
)
"""/var/log/containers/pod_namespace_container-id.log"""

_ANYBODY: Final = frozenset({"", "log", "logs", "output", "stdout", "stderr", "current", "json"})
"""Names that say nothing of the service; the folder's name then does."""

_FOLDERS: Final = frozenset({"log", "logs", "var", "tmp", "archive", "old", "data", "app"})


def service_of_file(uri: str) -> str:
    """The name without directories, endings, ids, dates, hours and rotation numbers, or `unknown`.

    The logs of pods have the name of their container.
    """
    for pattern in (_POD, _CONTAINER):
        match = pattern.search(uri)
        if match is not None:
            return match["container"][:MAX_SERVICE_CHARS]
    folder, _, name = uri.rstrip("/").rpartition("/")
    stem = _bare(name)
    if stem in _ANYBODY and folder:
        above = _bare(folder.rpartition("/")[2])
        if above not in _ANYBODY and above not in _FOLDERS and not above.startswith("tmp"):
            stem = above
    return stem[:MAX_SERVICE_CHARS] or "unknown"


def _bare(name: str) -> str:
    return _ROTATION.sub("", name.partition(".")[0].strip("- "))
