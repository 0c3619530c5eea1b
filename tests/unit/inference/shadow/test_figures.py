"""What all workers have found, whichever is asked."""

from inference.metrics.board import Board
from inference.shadow.comparing import Comparison, Difference
from inference.shadow.examples import PER_SIDE
from inference.shadow.figures import Figures
from schemas.record.extraction import MessageFeatures
from schemas.record.features import Level
from tests.made_logs import make_log

LARGEST = 2**64 - 1


def found(n_candidate: int, differences: list[Difference], n_skipped: int = 0) -> Comparison:
    """A comparison in which the candidate alone flags some."""
    return Comparison(100 + n_candidate, 90, 10, 0, n_candidate, n_skipped, differences)


def differing(service: str, n_logs: int, pattern: int = 7) -> Difference:
    """Logs that the candidate alone flags."""
    log = MessageFeatures(
        message_length=40,
        level=Level.WARN,
        service=service,
        has_exception=False,
        has_timeout=True,
        has_connection_error=False,
        pattern=pattern,
        has_failure=False,
    )
    return Difference(log, 0.5, -0.25, n_logs)


def test_workers_add_up_and_a_new_pair_begins_anew() -> None:
    """Sums are over the workers that judge the same pair; counters of /metrics never go back."""
    board = Board(3)
    figures = Figures(board)
    board.open()
    for row, digest in ((0, "new"), (1, "new"), (2, "old")):
        board.enter(row)
        figures.begin("model", digest)
        figures.announce("judging")
        figures.add(found(5 + row, [differing("api", 5 + row)], n_skipped=1))
    pair = figures.of_pair("model", "new")
    assert (pair.n_neither, pair.n_both, pair.n_model, pair.n_candidate) == (180, 20, 0, 11)
    assert (pair.n_dropped, pair.n_judging) == (2, 2)
    assert [(example.service, example.log_count) for example in pair.examples] == [("api", 11)]
    before = {metric.name: metric.samples for metric in figures.families()}
    figures.begin("model", "newer")
    assert figures.of_pair("model", "newer").n_neither == 0
    assert figures.of_pair("model", "newer").examples == []
    assert {metric.name: metric.samples for metric in figures.families()} == before


def test_the_next_worker_goes_on_with_a_row() -> None:
    """A killed worker's findings are kept as long as the pair is the same."""
    board = Board(2)
    first = Figures(board)
    board.open()
    row = board.join()
    board.enter(row)
    first.begin("model", "candidate")
    first.announce("judging")
    first.add(found(3, [differing("api", 3)]))
    board.leave(row)
    assert first.of_pair("model", "candidate").n_judging == 0
    board.enter(board.join())
    first.begin("model", "candidate")
    first.announce("judging")
    assert first.of_pair("model", "candidate").n_candidate == 3
    assert first.of_pair("model", "candidate").n_judging == 1


def test_examples_say_what_was_seen_of_a_log() -> None:
    """Features and pattern id come back as they were, and of a log without a message no id."""
    board = Board()
    figures = Figures(board)
    board.open()
    figures.begin("model", "candidate")
    bare = Difference(make_log(service="db", message_length=9), -1.5, 2.0, 1)
    figures.add(found(3, [differing("api", 4, pattern=LARGEST), bare]))
    known, plain = figures.of_pair("model", "candidate").examples
    assert (known.pattern_id, known.level, known.has_timeout) == (
        f"{LARGEST:016x}",
        Level.WARN,
        True,
    )
    assert (known.model_decision, known.candidate_decision) == (0.5, -0.25)
    assert (plain.service, plain.message_length, plain.pattern_id) == ("db", 9, None)
    assert not plain.has_timeout


def test_examples_are_few() -> None:
    """However many kinds differ, a bounded number is kept, and more of a kind only add to it."""
    board = Board()
    figures = Figures(board)
    board.open()
    figures.begin("model", "candidate")
    for _ in range(2):
        figures.add(found(99, [differing("api", 2, pattern=number) for number in range(99)]))
    examples = figures.of_pair("model", "candidate").examples
    assert [example.log_count for example in examples] == [4] * PER_SIDE
