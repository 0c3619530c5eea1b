"""What tests of reading share."""

from pathlib import Path

import pytest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a test's data goes."""
    return tmp_path / "app.data"
