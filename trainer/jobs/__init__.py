"""The use cases: each a function with plain arguments that returns data.

The command line and the REST service are skins over these; notebooks and schedulers call them as
they are.
"""

from schemas.bundle.budget import AlertBudget
from schemas.bundle.options import TrainOptions
from trainer.counting.run import Executor
from trainer.jobs.activate import activate_unless_worse
from trainer.jobs.count_tables import CountTables
from trainer.jobs.dataset import Dataset
from trainer.jobs.diff import diff, side_of
from trainer.jobs.evaluate import evaluate
from trainer.jobs.fit import fit
from trainer.jobs.listener import Listener
from trainer.jobs.look import look
from trainer.jobs.patterns import patterns_in, patterns_of_version
from trainer.jobs.recalibrate import recalibrate
from trainer.jobs.score import score
from trainer.jobs.train import train
from trainer.reading.options import ReadingOptions

__all__ = [
    "AlertBudget",
    "CountTables",
    "Dataset",
    "Executor",
    "Listener",
    "ReadingOptions",
    "TrainOptions",
    "activate_unless_worse",
    "diff",
    "evaluate",
    "fit",
    "look",
    "patterns_in",
    "patterns_of_version",
    "recalibrate",
    "score",
    "side_of",
    "train",
]
