"""The errors of serving.

    InferenceError
    ├── ModelNotLoadedError      no model serves in this worker (yet)
    ├── NoModelError             the store has no current version
    ├── BrokenVersionError       a version is there and cannot be served
    ├── RemoteStoreError         the object store of versions does not do what was asked
    ├── MalformedProtobufError   a body is no protobuf
    ├── NotForwardedError        the receiver behind did not take what was passed on
    ├── TooManyRecordsError      a body has more records than a call may have
    ├── ClientLeftError          who asked for something that takes long went away
    └── TrainerError             a training passed on to the trainer did not come back
        ├── TrainerUnreachableError
        ├── TrainerTimeoutError
        ├── TrainerRefusedError  it wants a token that this service has not
        └── NotServingError      it trained, but its version does not serve here

The errors know no HTTP; `inference.web.problems` maps each to a status.
"""


class InferenceError(Exception):
    """Base class of this package's errors."""


class ModelNotLoadedError(InferenceError):
    """No model serves in this worker; the message says why and what to do."""


class NoModelError(InferenceError):
    """The store has no current version: nothing was ever published to it."""


class BrokenVersionError(InferenceError):
    """The current version is missing, damaged or not made for this release."""


class RemoteStoreError(InferenceError):
    """The object store of versions does not answer, or is not at its address."""


class MalformedProtobufError(InferenceError):
    """The bytes of a body are no protobuf, or not the message that was expected."""


class NotForwardedError(InferenceError):
    """The receiver behind this service did not take a request that was passed on."""


class TooManyRecordsError(InferenceError):
    """A body has more records than a call may have."""


class ClientLeftError(InferenceError):
    """The client went away before it was answered."""


class TrainerError(InferenceError):
    """A training that was passed on to the trainer did not come back whole."""


class TrainerUnreachableError(TrainerError):
    """Nobody answers at the trainer's address."""


class TrainerTimeoutError(TrainerError):
    """The trainer did not answer in time; the training may still end and be published."""


class TrainerRefusedError(TrainerError):
    """The trainer does not know this service's token, or the token does not allow training."""


class NotServingError(TrainerError):
    """The trainer published a version that this service does not serve."""
