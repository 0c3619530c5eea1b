"""The reader of the documentation's commands."""

from pathlib import Path

import pytest

from tests.documents import Block, FailedBlockError, Shell, difference, read_blocks


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page with four blocks of commands."""
    path = tmp_path / "page.md"
    path.write_text(
        "# A page\n\n```bash\necho one\n```\n\n```text\none\n```\n\nProse.\n\n"
        "<!-- not run: it takes a day -->\n```sh\nsleep 86400\n```\n\n"
        "- an item\n\n  ```sh\n  echo two\n  ```\n\n```python\nprint('hello')\n```\n"
    )
    return path


def test_blocks_are_read_in_order(page: Path) -> None:
    """Each block has its place, its commands, its output if one follows, and why it is not run."""
    first, second, third, fourth = read_blocks(page)
    assert first == Block("page.md:3", "echo one\n", "text", "one\n")
    assert second == Block("page.md:14", "sleep 86400\n", reason="it takes a day")
    assert (third.script, third.language) == ("echo two\n", "")
    assert fourth.script == "python - <<'END'\nprint('hello')\nEND\n"


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ('{"a": 0.71, "b": "..."}', '{"a": 0.7123, "b": [1]}', True),
        ('{"a": 0.71}', '{"a": 0.72}', False),
        ('{"a": 1, "...": "..."}', '{"a": 1, "b": 2}', True),
        ('{"a": 1}', '{"a": 1, "b": 2}', False),
        ('{"a": [1, 2]}', '{"a": [1]}', False),
        ('{"a": 1}', '{"a": 1}{"a": 1}', False),
    ],
)
def test_json_is_compared_by_value(shown: str, printed: str, *, same: bool) -> None:
    """Numbers to the digits shown, `...` for anything, all members unless `...` is one of them."""
    assert (difference(Block("", "", "json", shown), printed) == "") is same


def test_text_is_compared_to_the_letter() -> None:
    """But for what stands where the page has `...`."""
    block = Block("", "", "text", "version ... published\n")
    assert difference(block, "version 3 published") == ""
    assert "version 3 lost" in difference(block, "version 3 lost")


def test_a_failing_command_fails_its_block(tmp_path: Path) -> None:
    """Wherever in a block it stands; variables live on to the next block."""
    (tmp_path / "clone").mkdir()
    shell = Shell(tmp_path / "clone", {"PATH": "/usr/bin:/bin"}, tmp_path / "log")
    try:
        shell.run(Block("a", "x=5\n"))
        assert shell.run(Block("b", "echo $x\n")).split() == ["5"]
        with pytest.raises(FailedBlockError, match="c failed"):
            shell.run(Block("c", "false\ntrue\n"))
    finally:
        shell.close()
