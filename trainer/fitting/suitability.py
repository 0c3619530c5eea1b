"""Whether data is fit to learn from: warnings, from the count table alone.

Every way of training makes the same table, and so gives the same warnings. Few records say little
about the next; fewer than `MIN_RECORDS` get no warning.
"""

import math
import re
from collections.abc import Callable
from typing import Final

import numpy as np

from schemas.record.features import Level
from schemas.record.key import Bools, Ints, messages_of, unpack
from schemas.record.templates import TEMPLATE_BUCKETS
from trainer.counting.table import CountTable
from trainer.fitting.forward import MIN_RECORDS, Split, split_forward
from trainer.fitting.names import service_names

MANY_SINGLE: Final = 0.3
"""Logs with a larger share of messages that have a template of their own hardly repeat."""

CROWDED: Final = 0.5
"""A larger share of the buckets in use means that many templates share theirs with another."""

MANY_NEW: Final = 0.1
"""A smaller share of messages with a new template is what any log has."""

MIN_INSTANCES: Final = 5
"""Names that differ in random parts alone; fewer may be chance."""

_SHOWN: Final = 3
_SHOWN_CHARS: Final = 60

_RANDOM: Final = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # a UUID
    r"|(?<![0-9A-Za-z])(?:"
    r"\d{4,}"
    r"|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{5,}"
    # Names that Kubernetes makes up: no vowels, no digits that look like vowels.
    r"|(?=[a-z]*\d)[bcdfghjklmnpqrstvwxz2456789]{5,10}"
    r"|[bcdfghjklmnpqrstvwxz]{5}$"
    r")(?![0-9A-Za-z])"
)
"""Parts of a service's name that no person chose. A small number may well be a person's."""


def check_suitability(table: CountTable) -> list[str]:
    """The warnings about learning from some records.

    Args:
        table: as the detector distinguishes records.

    Returns:
        A sentence for each thing found, with what to do.
    """
    if table.n_samples < MIN_RECORDS:
        return []
    found = [check(table) for check in _CHECKS]
    return [sentence for sentence in found if sentence is not None]


def _single_level(table: CountTable) -> str | None:
    levels = np.unique(unpack(table.keys)[1])
    if len(levels) > 1:
        return None
    level = list(Level)[int(levels[0])].value
    return (
        f"every record is {level}: the level, which finds more faults than all else, says nothing; "
        "if the logs have levels, name their field (--level-field) or their layout"
    )


def _single_service(table: CountTable) -> str | None:
    services = unpack(table.keys)[2]
    if (services != services[0]).any():
        return None
    name = service_names(table.keys[:1], table.services)[0]
    return (
        f"every record is of the service {_shown(name)}: what is odd for a service goes unnoticed; "
        "if several services wrote them, name the field with the service (--service-field)"
    )


def _random_names(table: CountTable) -> str | None:
    instances: dict[str, list[str]] = {}
    for number in np.unique(unpack(table.keys)[2]).tolist():
        name = table.services.get(number, "")
        stem = _RANDOM.sub("*", name)
        if stem != name:
            instances.setdefault(stem, []).append(name)
    many = {stem: names for stem, names in instances.items() if len(names) >= MIN_INSTANCES}
    if not many:
        return None
    first = sorted(many, key=lambda stem: (-len(many[stem]), stem))[:_SHOWN]
    named = "; ".join(
        f"{_shown(stem)}, {len(many[stem]):,} names, as {_shown(min(many[stem]))}" for stem in first
    )
    more = "" if len(many) == len(first) else f"; and {len(many) - len(first):,} more of that kind"
    return (
        f"services have random parts in their names ({named}{more}): the next such name is never "
        "seen, and all of its lines look rare; give the name of the deployment (--service-field)"
    )


def _hardly_repeats(table: CountTable) -> str | None:
    has_message, templates, _ = messages_of(table.traits)
    if not has_message.any():
        return None
    seen = _by_template(templates, table.counts, has_message)
    advice = (
        "rarity then says little; names and ids without a digit may stand in the messages: log "
        "them as fields, or leave out what writes them"
    )
    single = float(np.count_nonzero(seen == 1) / seen.sum())
    if single > MANY_SINGLE:
        return f"{single:.0%} of the messages are like no other but for their numbers: {advice}"
    used = np.count_nonzero(seen) / TEMPLATE_BUCKETS
    if used > CROWDED:
        # Of n templates at random, exp(-n / buckets) of the buckets get none.
        n = -math.log(max(1 - used, 1 / TEMPLATE_BUCKETS)) * TEMPLATE_BUCKETS
        return (
            f"the messages have about {round(n, -3):,.0f} templates or more, which share "
            f"{TEMPLATE_BUCKETS:,} counts: {advice}"
        )
    return None


def _more_and_more_new(table: CountTable) -> str | None:
    if not messages_of(table.traits)[0].any():
        return None
    shares = [
        new for split in split_forward(table) if (new := _share_new(table, split)) is not None
    ]
    early, late = shares[: len(shares) // 2], shares[len(shares) // 2 :]
    if not early or max(late) <= MANY_NEW or np.mean(late) <= np.mean(early):
        return None
    return (
        f"ever more messages are new: up to {max(late):.0%} of those in the later half are of "
        f"templates that nothing had before them, in the earlier half up to {max(early):.0%}; "
        "expect more alerts than asked from lines to come; train on a longer span, and again soon"
    )


def _share_new(table: CountTable, split: Split) -> float | None:
    """The share of the messages after a moment with a template that none had before it."""
    has_message, templates, _ = messages_of(table.traits)
    after = int(split.after[has_message].sum())
    if not after:
        return None
    is_new = _by_template(templates, split.before, has_message)[templates] == 0
    return int(split.after[has_message & is_new].sum()) / after


def _by_template(templates: Ints, counts: Ints, has_message: Bools) -> Ints:
    """How often each template came: int64 by bucket."""
    total = np.zeros(TEMPLATE_BUCKETS, np.int64)
    np.add.at(total, templates[has_message], counts[has_message])
    return total


def _shown(name: str) -> str:
    """A name as a sentence may have it: data is not to be trusted."""
    plain = "".join(char if char.isprintable() else "?" for char in name)
    return repr(plain if len(plain) <= _SHOWN_CHARS else plain[: _SHOWN_CHARS - 3] + "...")


_CHECKS: Final[tuple[Callable[[CountTable], str | None], ...]] = (
    _single_level,
    _single_service,
    _random_names,
    _hardly_repeats,
    _more_and_more_new,
)
"""In the order in which they are printed. docs/models.md lists them for users."""
