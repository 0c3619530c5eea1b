"""Fuzzes decoders, guided by coverage: `python -m tests.fuzz.run [SECONDS] [TARGET ...]`.

Begins with the kept corpus, tests/fuzz/corpus/. A finding ends the run with its traceback and the
file that repeats it: put that into the corpus with the mending, where a test replays it for ever.
"""

import multiprocessing
import sys
import tempfile
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


def main() -> int:
    """Fuzz each target in a process of its own; 1 if there was a finding."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_SECONDS
    names = sys.argv[2:] or sorted(folder.name for folder in CORPUS.iterdir())
    failed = []
    context = multiprocessing.get_context("spawn")
    for name in names:
        with tempfile.TemporaryDirectory() as found:
            process = context.Process(target=fuzz, args=(name, seconds, Path(found)))
            process.start()
            process.join()
            if process.exitcode:
                failed.append(name)
    sys.stdout.write(f"{len(names)} targets fuzzed, findings in: {', '.join(failed) or 'none'}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
