"""Names for service numbers, so that packed records can be judged as requests bring them."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import count

from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.key import Ints, unpack


def service_names(keys: Ints, known: Mapping[int, str]) -> list[str]:
    """A name of the service of each record.

    Args:
        keys: of the records.
        known: names by number; a number without a name gets a name that hashes to it.
    """
    numbers = unpack(keys)[2].tolist()
    return [known.get(number) or _made_up_names()[number] for number in numbers]


@lru_cache(maxsize=1)
def _made_up_names() -> dict[int, str]:
    """A name for every number; takes half a second, for tables that lost their names."""
    names: dict[int, str] = {}
    for serial in count():
        name = f"service-{serial}"
        names.setdefault(service_number(name, SERVICE_BUCKETS), name)
        if len(names) == SERVICE_BUCKETS:
            break
    return names
