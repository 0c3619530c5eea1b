"""The errors of training.

    TrainingError
    ├── InputError          the training data cannot be read; names file, line and field
    │   └── NoLayoutError       it is plain text that no layout fits
    ├── TooFewRowsError     fewer than two distinct rows
    ├── BudgetError         an alert budget does not go with the lines that there are
    ├── ForestTooLargeError  the forest would have more nodes than allowed
    ├── ExportError         the forest has no exact threshold, so no exact graph
    ├── ParityError         the graph does not do what the forest does
    ├── InsensitiveModelError  the model has learned nothing, or its threshold has no effect
    ├── StoreError          the store does not do what was asked
    │   ├── UnwritableStoreError  it cannot be written
    │   ├── NoVersionError      it has no such version, or none to go back to
    │   └── UnfitVersionError   the version is there and cannot be made current, or not deleted
    ├── WorseModelError     a new model is worse than the model that serves
    ├── OutputError         a file of verdicts or a report cannot be written
    ├── FoundDifferenceError  two runs differ in a kind of change that --fail-on names
    ├── TooManyCorrectionsError  a model has as many corrections as it may
    ├── AbandonedError      the client of the training has left
    └── TrainerBusyError    another training is at work

The errors know no HTTP status and no exit code; `trainer.app` and `trainer.cli` map them.
"""


class TrainingError(Exception):
    """Base class of this package's errors."""


class InputError(TrainingError):
    """The training data cannot be read; the message names file, line and field."""


class NoLayoutError(InputError):
    """The training data is plain text that no layout fits."""


class TooFewRowsError(TrainingError):
    """A forest needs two distinct rows at least."""


class BudgetError(TrainingError):
    """Nothing tells how many lines a day there are, or there are too few for so many alerts."""


class ForestTooLargeError(TrainingError):
    """The forest would have more nodes than allowed; nothing was begun."""


class ExportError(TrainingError):
    """The forest cannot be exported exactly."""


class ParityError(TrainingError):
    """The exported graph disagrees with scikit-learn; nothing was published."""


class InsensitiveModelError(TrainingError):
    """The model scores all alike, or its threshold has no effect; nothing was published."""


class StoreError(TrainingError):
    """The store does not do what was asked; the message does not name its place."""


class UnwritableStoreError(StoreError):
    """The store cannot be written."""


class NoVersionError(StoreError):
    """The store has no such version, or none to go back to."""


class UnfitVersionError(StoreError):
    """The version is there, but cannot be made current, or deleted."""


class WorseModelError(TrainingError):
    """A new model is worse than the model that serves, and did not replace it."""


class OutputError(TrainingError):
    """A file of verdicts or a report cannot be written."""


class FoundDifferenceError(TrainingError):
    """Two runs differ in a kind of change that --fail-on names."""


class TooManyCorrectionsError(TrainingError):
    """The model has as many corrections as it may."""


class AbandonedError(TrainingError):
    """The client of the training has left, so it was stopped; nothing was published."""


class TrainerBusyError(TrainingError):
    """Another training is at work and did not end in time."""
