"""Judges raw logs by the hundred: by message, level and service.

Programs write the same sentence with other numbers. Unless a keyword rule could match it, the
features depend neither on the digits nor on the case of letters (`schemas.record`). So a verdict is
remembered under the message as it is folded for its template, and most lines cost no more than that
folding. Where rules could match, it is remembered under the form that they see of the message.
"""

import re
from collections.abc import Sequence
from typing import Final, cast

import msgspec

from inference.model.explanations import why
from inference.model.memo import Memo
from inference.model.model import Model
from inference.model.verdicts import Verdict
from schemas.record.extraction import MessageFeatures
from schemas.record.features import Level, LogFeatures
from schemas.record.keywords import Form, form_of, woken_by
from schemas.record.templates import FOLD, fold, pattern_id
from schemas.record.text import ESCAPE, LIMIT, text_of

__all__ = ["JudgedLog", "Log", "MessageJudge"]

CAPACITY: Final = 4_096
MAX_KEY_CHARS: Final = 512
"""What is longer is remembered apart: with both generations, 8,192 take 8 MB at most."""

LONG_CAPACITY: Final = 1_024
"""Of longer messages there are few forms: 2,048 of `LIMIT` characters take 5 MB at most."""

Log = tuple[str, Level, str]
_Key = tuple[bytes | None, Level, str]
_FormKey = tuple[Form, Level, str]
_LongKey = tuple[bytes, int, Level, str]
"""A message's beginning as it is folded, and its length: models see no more of it."""

_encode = msgspec.json.Encoder().encode


_PLACEHOLDER: Final = re.compile(r"\$?\{[^{}]*+\}|<[^<>\s]*+>|%[-#0-9.]*+[a-zA-Z]")
"""As .NET, Python and others, drain and printf write them."""


class JudgedLog:
    """The part of a verdict that all equal logs share.

    Attributes:
        is_anomaly: the label.
        verdict: the model's.
        features: what it saw.
    """

    __slots__ = ("_members", "features", "is_anomaly", "verdict")

    def __init__(self, verdict: Verdict, features: LogFeatures) -> None:
        self.is_anomaly = verdict.is_anomaly
        self.verdict = verdict
        self.features = features
        self._members = b""

    def members(self, model: Model) -> bytes:
        """The members of a `LogVerdict` behind its position, as JSON with a comma before each.

        Args:
            model: which judged it.
        """
        if not self._members:
            words = _encode(why(model, self.features, self.verdict))
            self._members = b'%b,"why":%b' % (self.verdict.json, words)
        return self._members


class _ByForm:
    """Stands for messages that keyword rules must search: not every number is the same to them."""

    __slots__ = ("woken",)

    def __init__(self, woken: int) -> None:
        self.woken = woken

    def __bool__(self) -> bool:
        return False


class MessageJudge:
    """Judges raw logs by a model, and remembers what it says; a new model gets a new judge.

    Args:
        model: the model.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._by_fold: Memo[_Key, JudgedLog | _ByForm] = Memo(CAPACITY)
        self._by_long_fold: Memo[_LongKey, JudgedLog | _ByForm] = Memo(LONG_CAPACITY)
        self._by_form: Memo[_FormKey, JudgedLog] = Memo(CAPACITY)

    def judge(self, logs: Sequence[Log]) -> list[JudgedLog]:
        """Judge logs, in their order."""
        keys = [
            (
                message.encode("ascii", "replace").translate(FOLD)
                if len(message) <= MAX_KEY_CHARS and ESCAPE not in message
                else None,  # never remembered under it
                level,
                service,
            )
            for message, level, service in logs
        ]
        found = self._by_fold.get_all(keys)
        if not all(found):
            self._complete(logs, keys, found)
        return cast(list[JudgedLog], found)

    def judge_templated(self, log: Log, template: str) -> JudgedLog:
        """Judge a log whose source says what its message was made of.

        The template is then the text of the pattern, with a number for each placeholder. If
        training did not see that template, it may have seen the message's own, which then decides.
        """
        features = self.model.extract(*log)
        if isinstance(features, MessageFeatures):
            pattern = pattern_id(_PLACEHOLDER.sub("0", template))
            templated = msgspec.structs.replace(features, pattern=pattern)
            if not self.model.novelty(templated).new_template:
                features = templated
        return JudgedLog(self.model.verdict(features), features)

    def _complete(
        self, logs: Sequence[Log], keys: list[_Key], remembered: list[JudgedLog | _ByForm | None]
    ) -> None:
        """Judge the logs that were not found."""
        missing = []
        long_keys: dict[int, _LongKey] = {}
        for at, judged in enumerate(remembered):
            if judged:
                continue
            if isinstance(judged, _ByForm):
                remembered[at] = self._by_form.get(_form_key(logs[at], judged.woken))
            elif keys[at][0] is None and (long_key := _long_key(*logs[at])) is not None:
                remembered[at] = self._by_long_fold.get(long_key)
                if remembered[at] is None:  # not where the form decides, which is not kept
                    long_keys[at] = long_key
            if not remembered[at]:
                missing.append(at)
        if not missing:
            return
        features = [self.model.extract(*logs[at]) for at in missing]
        verdicts = self.model.verdicts(features)
        for at, seen, verdict in zip(missing, features, verdicts, strict=True):
            remembered[at] = judged = JudgedLog(verdict, seen)
            if at in long_keys:
                woken = woken_by(long_keys[at][0].decode("ascii"))
                self._by_long_fold.put(long_keys[at], _ByForm(woken) if woken else judged)
            else:
                self._remember(keys[at], logs[at], judged)

    def _remember(self, key: _Key, log: Log, judged: JudgedLog) -> None:
        folded = key[0]
        if folded is None:
            return
        woken = woken_by(folded.decode("ascii"))
        if woken:
            self._by_fold.put(key, _ByForm(woken))
            self._by_form.put(_form_key(log, woken), judged)
        else:
            self._by_fold.put(key, judged)


def _form_key(log: Log, woken: int) -> _FormKey:
    """The key of a message that rules search: its length and pattern follow from its form."""
    message, level, service = log
    return form_of(text_of(message), woken), level, service


def _long_key(message: str, level: Level, service: str) -> _LongKey | None:
    """The key that a long message is remembered under; None if it holds a control sequence."""
    text = message[:LIMIT]
    return None if ESCAPE in text else (fold(text), len(message), level, service)
