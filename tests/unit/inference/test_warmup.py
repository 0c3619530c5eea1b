"""What reads lines is compiled beside the event loop."""

import asyncio
import json
import re

from inference.intake.layouts import LAYOUTS
from inference.intake.lines import compiled
from inference.intake.raw_bodies import BodyReader
from inference.intake.raw_logs import Tally
from inference.intake.warmup import warm_up

EXAMPLES = [example.line for layout in LAYOUTS.values() for example in layout.examples]


def test_the_loop_goes_on_meanwhile() -> None:
    """Other calls get their turns while layouts are compiled."""

    async def count_turns() -> int:
        preparing = asyncio.create_task(warm_up())
        n_turns = 0
        while not preparing.done():
            await asyncio.sleep(0)
            n_turns += 1
        await preparing
        return n_turns

    compiled.cache_clear()
    re.purge()
    assert asyncio.run(count_turns()) > 50
    assert compiled.cache_info().currsize > len(LAYOUTS)


def test_nothing_is_left_to_be_compiled() -> None:
    """By lines of any layout, alone or as the message of a record."""
    asyncio.run(warm_up())
    n_compiled = compiled.cache_info().misses
    reader = BodyReader()
    for line in EXAMPLES:
        for body in (line, f"{line}\n{line}", json.dumps({"message": line})):
            assert [*reader.read(body.encode(), "", Tally())]
    assert compiled.cache_info().misses == n_compiled
