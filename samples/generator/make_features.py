"""Makes `features.jsonl.gz` of `logs.jsonl.gz`: what the starter model is trained on.

python -m samples.generator.make_features
"""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from samples.generator.packing import pack
from schemas.record.extraction import extract_features
from schemas.record.features import Level, LogFeatures

FOLDER: Final = Path(__file__).parent.parent
LOGS: Final = FOLDER / "logs.jsonl.gz"
FEATURES: Final = FOLDER / "features.jsonl.gz"


class SampleLine(msgspec.Struct):
    """What a feature needs of a sample line."""

    level: Level
    service: str
    message: str
    fault: str | None


def read_features(path: Path) -> Iterator[LogFeatures]:
    """The features of raw sample lines, in their order."""
    decode = msgspec.json.Decoder(SampleLine).decode
    with gzip.open(path, "rb") as lines:
        for line in lines:
            log = decode(line)
            yield extract_features(log.message, log.level, log.service)


def read_labels(path: Path) -> list[bool]:
    """Whether each line was written under a provoked fault, in the lines' order."""
    decode = msgspec.json.Decoder(SampleLine).decode
    with gzip.open(path, "rb") as lines:
        return [decode(line).fault is not None for line in lines]


def features_file(path: Path) -> bytes:
    """The gzipped JSON lines of features; the same logs give the same bytes."""
    lines = msgspec.json.Encoder().encode_lines(list(read_features(path)))
    return pack(lines)


if __name__ == "__main__":
    FEATURES.write_bytes(features_file(LOGS))
