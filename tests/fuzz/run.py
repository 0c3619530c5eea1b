"""Fuzzes decoders, guided by coverage: `python -m tests.fuzz.run [SECONDS] [TARGET ...]`.

Begins with the kept corpus, tests/fuzz/corpus/. A finding ends the run with its traceback and the
file that repeats it: put that into the corpus with the mending, where a test replays it for ever.
"""

import multiprocessing
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Final

import atheris

CORPUS: Final = Path(__file__).parent / "corpus"
DEFAULT_SECONDS: Final = 20
INPUT_TIMEOUT_S: Final = 10


def fuzz(name: str, seconds: int, found: Path) -> None:
    """Fuzz one target; ends the process."""
    with atheris.instrument_imports(include=["inference", "schemas"]):
        from tests.fuzz.targets import MAX_BYTES, decode  # noqa: PLC0415 - instrumented here

    options = [
        f"-max_total_time={seconds}",
        f"-max_len={MAX_BYTES}",
        f"-timeout={INPUT_TIMEOUT_S}",
        f"-artifact_prefix={tempfile.gettempdir()}/log-anomaly-{name}-",
        "-print_final_stats=1",
        # New inputs go to the first folder, so that the kept inputs change by intention only.
        str(found),
        str(CORPUS / name),
    ]
    atheris.Setup(["fuzz", *options], lambda data: decode(name, data) and None)
    atheris.Fuzz()


def _ends_well(name: str, seconds: int) -> bool:
    """Fuzz one target in a process of its own; whether nothing was found."""
    with tempfile.TemporaryDirectory() as found:
        process = multiprocessing.get_context("spawn").Process(
            target=fuzz, args=(name, seconds, Path(found))
        )
        process.start()
        process.join()
    return process.exitcode == 0


def main() -> int:
    """Fuzz all targets, as many at a time as there are cores; 1 if there was a finding."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_SECONDS
    names = sys.argv[2:] or sorted(folder.name for folder in CORPUS.iterdir())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        well = list(pool.map(_ends_well, names, repeat(seconds)))
    failed = [name for name, ends_well in zip(names, well, strict=True) if not ends_well]
    sys.stdout.write(f"{len(names)} targets fuzzed, findings in: {', '.join(failed) or 'none'}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
