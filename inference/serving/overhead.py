"""Bounds what a request has beside its body: its head, what frames its chunks, its trailers.

The parser keeps a line until it is whole, and copies it with each piece that comes. So bytes are
counted as they come, not when the parser hands them over.
"""

from inference.serving.refusing import HEAD_TOO_LARGE, RefusedError


class Overhead:
    """The bytes beside bodies on a connection.

    Args:
        max_bytes: bound for the request line and the headers, and the same for what comes between
            two pieces of a body or behind the last.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._so_far = 0  # of a part that is not whole yet, as far as is known for certain

    def take(self, n_bytes: int, *, goes_on: bool) -> None:
        """Count bytes.

        Args:
            n_bytes: how many.
            goes_on: they are of the part that the bytes before them are of, and do not end it.

        Raises:
            RefusedError: the part is larger than allowed.
        """
        self._so_far = self._so_far + n_bytes if goes_on else 0
        self.check(self._so_far)

    def check(self, n_bytes: int) -> None:
        """Check the size of a head.

        Raises:
            RefusedError: it is larger than allowed.
        """
        if n_bytes > self._max_bytes:
            raise RefusedError(
                HEAD_TOO_LARGE,
                f"the request line and the headers may have {self._max_bytes} bytes, and so may "
                f"trailers and the framing of chunks",
            )
