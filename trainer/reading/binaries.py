"""Files that are no logs: recognised by their first bytes, with what to do about them."""

from typing import Final

__all__ = ["find_binary"]

_MAGICS: Final = (
    (
        b"PK\x03\x04",
        "a zip archive, which is opened only as a file of its own; unpack it: unzip -p FILE",
    ),
    (b"PK\x05\x06", "a zip archive without files"),
    (b"\x04\x22\x4d\x18", "compressed with lz4 twice; decompress it, as with: lz4 -dc FILE"),
    (b"\x02\x21\x4c\x18", "compressed with lz4 -l, its old format; decompress it: lz4 -dc FILE"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it, as with: 7z x -so FILE"),
    (b"Rar!\x1a\x07", "a rar archive; unpack it"),
    (b"\x1f\x9d", "compressed with compress; decompress it, as with: uncompress -c FILE"),
    (b"LZIP", "compressed with lzip; decompress it, as with: lzip -dc FILE"),
    (b"\xff\x06\x00\x00sNaPpY", "compressed with snappy; decompress it"),
    (b"LPKSHHRH", "a journal of systemd; export it, as with: journalctl -o json --file FILE"),
    (b"__CURSOR=", "journald's export format; write JSON, as with: journalctl -o json"),
    (b"ElfFile\0", "a Windows event log; export it as JSON lines"),
    (b"Obj\x01", "an Avro file; export it as JSON lines or Parquet"),
    (b"ORC", "an ORC file; export it as Parquet"),
    (b"SQLite format 3\0", "a SQLite database; export a table as CSV"),
    (b"\x7fELF", "a program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"%PDF", "a PDF"),
    (b"\xca\xfe\xba\xbe", "a program"),
)
_TAR: Final = (257, b"ustar")
_PARQUET: Final = b"PAR1"
_SAMPLE_BYTES: Final = 65_536
_MAX_CONTROL_SHARE: Final = 0.1
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1b\0"))


def find_binary(head: bytes) -> str | None:
    """The kind of a file that is no text, as a phrase that can follow "is"; None for text.

    Runs of NULs are no sign: a log that was truncated while it was written begins with some.

    Args:
        head: its first bytes, decompressed.
    """
    if head.startswith(_PARQUET):
        return None
    for magic, kind in _MAGICS:
        if head.startswith(magic):
            return kind
    offset, magic = _TAR
    if head[offset : offset + len(magic)] == magic:
        return "a tar archive, which is opened only as a file of its own; unpack it: tar -xOf FILE"
    sample = head[:_SAMPLE_BYTES]
    kept = sample.replace(b"\0", b"")
    controls = len(kept) - len(kept.translate(None, _CONTROLS))
    lonely = sample.count(b"\0") > 0 and _is_spread(sample)
    if controls > _MAX_CONTROL_SHARE * max(len(kept), 1) or lonely:
        return "no text"
    return None


def _is_spread(sample: bytes) -> bool:
    """Whether NULs stand between other bytes everywhere, as in binary records."""
    runs = [run for run in sample.split(b"\0") if run]
    n_nul = sample.count(b"\0")
    if not runs:
        return False
    longest = max(map(len, runs))
    return n_nul > len(sample) * _MAX_CONTROL_SHARE and longest < 64 and b"\n" not in sample  # noqa: PLR2004 - no line of a log
