"""The release of the whole project."""

from typing import Final

__version__: Final = "0.1.0"
