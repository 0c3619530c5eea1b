"""Verdicts in words, for people."""

from collections.abc import Mapping
from itertools import compress
from typing import Final

import numpy as np

from inference.detectors.judgements import Judgements
from inference.model.model import Model
from schemas.bundle.manifest import TABLES_FILE
from schemas.bundle.tables import Tables
from schemas.record.features import FEATURE_NAMES, Level
from schemas.record.key import FLAG_VALUES, NO_TRAITS, Ints, unpack
from schemas.record.surprisal import TERMS
from trainer.fitting.surprisal import Records
from trainer.report.content import Contribution

_FLAG_WORDS: Final = ("an exception", "a time-out", "a connection error")
_SEVERE: Final = (Level.WARN, Level.ERROR, Level.FATAL)
_TELLING: Final = 0.02
"""A contribution to the exponent below this is not worth a word."""


def describe_features(key: int, services: Mapping[int, str]) -> dict[str, str]:
    """The six features of a packed record, by name, as a person reads them."""
    length, level, service, flags, _ = (int(one[0]) for one in unpack(np.array([key])))
    values = [f"{length:,}", list(Level)[level].value, services.get(service, f"#{service}")]
    values += ["yes" if up else "no" for up in FLAG_VALUES[flags]]
    return dict(zip(FEATURE_NAMES, values, strict=True))


def contributions_of(judged: Judgements, index: int) -> list[Contribution]:
    """Why one record got its score, largest first: terms of D, or features of the forest."""
    if judged.terms.shape[1]:
        named = zip(TERMS, judged.terms[index].tolist(), strict=True)
    else:
        named = zip(FEATURE_NAMES, judged.contributions[index].tolist(), strict=True)
    return sorted(
        (Contribution(name, value) for name, value in named), key=lambda one: -abs(one.value)
    )


class Wording:
    """Says why a model finds records anomalous."""

    def __init__(
        self, model: Model, files: Mapping[str, bytes], services: Mapping[int, str]
    ) -> None:
        self._manifest = model.manifest
        self._tables = Tables.from_bytes(files[TABLES_FILE])
        self._services = services

    def reason(self, key: int, contributions: list[Contribution]) -> str:
        """One line, as in "ERROR, 1 in 40,000 lines is like it, message never seen"."""
        if self._manifest.detector == "surprisal":
            return self._surprisal(np.array([key]))
        values = describe_features(key, self._services)
        telling = [one for one in contributions if one.value > _TELLING][:3]
        if not telling:
            return "nothing about it stands out"
        return "isolated early by " + ", ".join(
            f"{one.name} = {values[one.name]}" for one in telling
        )

    def _surprisal(self, key: Ints) -> str:
        assert self._tables.signature_rarity is not None  # the detector's bundle has it
        _, level, service, flags, traits = (int(one[0]) for one in unpack(key))
        record = Records.of(key)
        words = []
        if list(Level)[level] in _SEVERE:
            words.append(list(Level)[level].value)
        named = list(compress(_FLAG_WORDS, FLAG_VALUES[flags]))
        if named:
            words.append(f"tells of {' and '.join(named)}")
        elif record.has_failure[0]:
            words.append("holds a word of failure")
        rarity = float(self._tables.signature_rarity[record.signature[0]])
        name = self._services.get(service, f"#{service}")
        seen = _count(rarity, self._manifest.training.n_samples)
        words.append(
            f"1 in {self._manifest.training.n_samples / seen:,.0f} for {name}"
            if seen
            else f"nothing like it seen from {name}"
        )
        if traits != NO_TRAITS and self._tables.template_rarity is not None:
            rarity = float(self._tables.template_rarity[record.template[0]])
            times = _count(rarity, self._manifest.training.n_messages)
            words.append(
                "message never seen"
                if times == 0
                else "message seen once"
                if times == 1
                else f"message seen {times:,} times"
            )
        return ", ".join(words)


def _count(rarity: float, n: int) -> int:
    """The count c behind a rarity of n records."""
    return max(round((n + 1) / 10**rarity) - 1, 0)
