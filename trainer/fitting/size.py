"""How large a forest becomes, known before it is grown."""

from schemas.bundle.options import ForestOptions
from trainer.errors import ForestTooLargeError


def most_nodes(options: ForestOptions, n_rows: int) -> int:
    """A bound for a forest's nodes: a tree of n samples has 2 n - 1 (Liu 2008, section 2)."""
    return options.n_estimators * 2 * min(options.max_samples, n_rows)


def check_size(options: ForestOptions, n_rows: int, max_nodes: int) -> None:
    """Refuse a forest that would be too large, before any work.

    Args:
        options: how it would be grown.
        n_rows: training rows.
        max_nodes: the bound.

    Raises:
        ForestTooLargeError: says what to lower.
    """
    nodes = most_nodes(options, n_rows)
    if nodes > max_nodes:
        raise ForestTooLargeError(
            f"{options.n_estimators} trees of {min(options.max_samples, n_rows)} samples may have "
            f"{nodes} nodes, {max_nodes} are allowed; lower n_estimators or max_samples"
        )
