"""The outcome of a gate's rule."""

import msgspec


class Check(msgspec.Struct, frozen=True):
    """The outcome of a rule that compares a new model with the active model.

    Attributes:
        name: of the rule.
        passed: whether it holds.
        sentence: what was compared, with both figures.
    """

    name: str
    passed: bool
    sentence: str
