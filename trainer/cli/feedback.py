"""`python -m trainer feedback`: what people say of verdicts."""

import argparse
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from inference.detectors.wording import describe_features
from inference.intake.levels import LevelNames
from schemas.api.feedback import FeedbackRequest
from schemas.api.validation import BodyDecoder, InvalidBodyError, MalformedJsonError
from schemas.bundle.corrections import Correction
from schemas.record.features import LogFeatures
from trainer.cli.command import Command, UsageError
from trainer.cli.store import open_models
from trainer.feedback import read_feedback
from trainer.jobs.correct import correct
from trainer.store.candidate import current_version, load_candidate

_DESCRIPTION: Final = """\
Say what a log is: `normal` lines are no anomalies from then on, `anomaly` lines always are, `none`
takes it back. It is about all lines of the message's pattern and service, whatever their numbers,
or of a log that comes as features, about all of its signature. A new version is published; all
other lines keep their verdicts, and later models take it over. `list` shows what holds.
"""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verdict", choices=["normal", "anomaly", "none", "list"])
    parser.add_argument("--message", metavar="TEXT", help="the line's message")
    parser.add_argument("--service", metavar="NAME", help="who writes it")
    parser.add_argument("--level", default="INFO", metavar="LEVEL", help="its level")
    parser.add_argument(
        "--features",
        metavar="JSON",
        help="in the place of these, the six features of a log that comes without its message",
    )
    parser.add_argument("--note", default="", metavar="TEXT", help="why, for those who look later")
    parser.add_argument("--until", metavar="TIME", help="when it ends to hold, as 2030-01-31")


def _run(arguments: argparse.Namespace) -> None:
    registry = open_models(arguments)
    if arguments.verdict == "list":
        manifest = load_candidate(registry, current_version(registry)).model.manifest
        for known in manifest.corrections:
            print(_line(known))
        return
    try:
        log, correction = read_feedback(
            FeedbackRequest(
                verdict=arguments.verdict,
                **_about(arguments),
                note=arguments.note,
                until=None if arguments.until is None else _moment(arguments.until),
            )
        )
    except InvalidBodyError as error:
        raise UsageError(str(error)) from error
    done = correct(log, correction, model_dir=registry)
    print(f"version {done.version} published to {arguments.model_dir} and current")
    print(f"corrections  {len(done.corrections)}")


def _about(arguments: argparse.Namespace) -> dict[str, Any]:
    """The log, by its message or its features, as a request has it."""
    if arguments.features is not None:
        if arguments.message is not None or arguments.service is not None:
            raise UsageError("--features: Expected in the place of --message and --service")
        try:
            return {"features": BodyDecoder(LogFeatures).decode(arguments.features.encode())}
        except (InvalidBodyError, MalformedJsonError) as error:
            raise UsageError(f"--features: {error}") from error
    if arguments.message is None or arguments.service is None:
        raise UsageError("--message and --service are required, or --features")
    if LevelNames().read(arguments.level) is None:
        raise UsageError(f"--level {arguments.level}: Expected the name of a level")
    return {
        name: _raw(value)
        for name, value in (
            ("message", arguments.message),
            ("level", arguments.level),
            ("service", arguments.service),
        )
    }


def _raw(text: str) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(text))


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--until {text}: Expected a date or time, as 2030-01-31") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _line(correction: Correction) -> str:
    about = correction.text
    if correction.features is not None:
        named = describe_features(correction.features).items()
        about = ", ".join(f"{name} {value}" for name, value in named if name != "service")
    until = f", until {correction.until:%Y-%m-%d %H:%M}" if correction.until else ""
    note = f" ({correction.note})" if correction.note else ""
    since = f"{correction.created_at:%Y-%m-%d}"
    where = f"{correction.service:<16} {correction.pattern_id:<16}"
    return f"{correction.verdict:<8} {where} since {since}{until}  {about}{note}"


COMMAND: Final = Command(
    "say that a log is normal, or an anomaly", _add_arguments, _run, _DESCRIPTION
)
