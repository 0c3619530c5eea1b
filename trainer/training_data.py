"""The logs of a train call as a count table, read as a predict call reads logs."""

from msgspec import UNSET

from inference.intake.requests import read_requests
from schemas.api.training import TrainRequest
from schemas.record.extraction import extract
from trainer.counting.table import CountTable, count_logs
from trainer.fitting.size import check_size


def count_training_data(request: TrainRequest, max_nodes: int) -> CountTable:
    """Count the logs of a request; the same logs in a file without times give the same model.

    Args:
        request: with its logs by their features, or as they were written.
        max_nodes: bound for the nodes of the forest, checked before any raw log is read.

    Raises:
        ForestTooLargeError: the forest that is asked for would be larger.
        InvalidBodyError: raw logs have values at fault; each is named.
    """
    if request.logs is not UNSET:
        check_size(request, len(request.logs), max_nodes)
        return count_logs(read_requests(request.logs, extract))
    assert request.training_data is not UNSET  # a request has either
    check_size(request, len(request.training_data), max_nodes)
    return count_logs(request.training_data)
