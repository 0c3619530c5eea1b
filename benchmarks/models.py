"""The one forest in the forms in which the competitors take it."""

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import IsolationForest

from benchmarks.workloads import REAL, TRAINED_SEED, Records, other_numbers
from inference.detectors.scorer import INPUT
from inference.store.versions import ModelStore
from schemas.api.predictions import RawLog
from schemas.bundle.manifest import MANIFEST_FILE, MODEL_FILE, file_entry
from schemas.bundle.options import TrainOptions
from schemas.record.extraction import MessageFeatures, extract
from schemas.record.features import LogFeatures
from trainer.counting.table import count_logs
from trainer.fitting.export import TARGET_OPSET, export_forest
from trainer.fitting.forest import fit_forest
from trainer.jobs.train import train
from trainer.store.registry import ModelRegistry

OPTIONS: Final = TrainOptions(detector="isolation_forest", contamination=0.05)
_SURPRISAL: Final = msgspec.structs.replace(OPTIONS, detector="surprisal")


class Models(msgspec.Struct, frozen=True):
    """Where the forest lies, and the graphs themselves.

    Attributes:
        own: model store with our graph.
        surprisal: model store with a model of the detector `surprisal`.
        fed: model stores for logs with other numbers, of our graph and of `surprisal`.
        stock: model store with skl2onnx's own graph.
        forest_file: the pickled scikit-learn forest.
        forest: the same in memory.
        own_graph: our graph.
        stock_graph: skl2onnx's graph as it comes.
    """

    own: Path
    surprisal: Path
    fed: tuple[Path, Path]
    stock: Path
    forest_file: Path
    forest: IsolationForest
    own_graph: bytes
    stock_graph: bytes


def make_models(folder: Path, logs: Records) -> Models:
    """Train once with the project's trainer and give everybody the same forest.

    The detector `surprisal` is trained on the same logs with their messages. Logs with other
    numbers are judged by models that were trained on such logs, as a service's model is on its own.
    """
    own, surprisal, stock = (folder / name for name in ("own", "surprisal", "stock"))
    fed = (folder / "fed", folder / "fed-surprisal")
    records = logs.by_kind[REAL]
    publish(own, records, OPTIONS)
    publish(surprisal, _messages(logs.raw), _SURPRISAL)
    like_fed = _messages(other_numbers(logs.raw, TRAINED_SEED))
    publish(fed[0], like_fed, OPTIONS)
    publish(fed[1], like_fed, _SURPRISAL)
    # Training is reproducible: these rows and options make the very forest just published.
    forest = fit_forest(count_logs(records), OPTIONS)
    forest_file = folder / "forest.pickle"
    forest_file.write_bytes(pickle.dumps(forest))
    stock_graph = convert_stock(forest)
    bundle = ModelStore(own).bundle(1)
    files = {**bundle.files, MODEL_FILE: adapt_stock(stock_graph, float(forest.offset_))}
    entries = {name: file_entry(data) for name, data in files.items()}
    manifest = msgspec.structs.replace(bundle.manifest, files=entries)
    ModelRegistry(stock).publish({**files, MANIFEST_FILE: manifest.to_json()})
    return Models(
        own, surprisal, fed, stock, forest_file, forest, export_forest(forest), stock_graph
    )


def _messages(raw: Sequence[RawLog]) -> list[MessageFeatures]:
    return [extract(log.message, log.level, log.service) for log in raw]


def publish(folder: Path, records: Sequence[LogFeatures], options: TrainOptions) -> None:
    """Train on records and publish to the model store `folder`."""
    train(count_logs(records), options, ModelRegistry(folder))


def convert_stock(forest: IsolationForest) -> bytes:
    """The graph that skl2onnx makes without our converter."""
    rows = FloatTensorType([None, forest.n_features_in_])
    model = convert_sklearn(
        forest, name="stock", initial_types=[(INPUT, rows)], target_opset=TARGET_OPSET
    )
    return bytes(model.SerializeToString(deterministic=True))


def adapt_stock(graph: bytes, offset: float) -> bytes:
    """The stock graph with our outputs, so that our service can serve it as any other.

    Three more nodes behind some 2,700: its float decision becomes a double, `anomaly_score` follows
    from it, and `contributions`, which it cannot know, are all zero.
    """
    model = onnx.load_model_from_string(graph)
    inside = model.graph
    n_features = inside.input[0].type.tensor_type.shape.dim[1].dim_value
    for node in inside.node:
        node.output[:] = ["stock_scores" if name == "scores" else name for name in node.output]
        node.input[:] = ["stock_scores" if name == "scores" else name for name in node.input]
    constants = {"minus_offset": np.array(-offset), "nothing": np.zeros(n_features, np.float32)}
    inside.initializer.extend(
        numpy_helper.from_array(value, name) for name, value in constants.items()
    )
    inside.node.extend(
        [
            helper.make_node("Cast", ["stock_scores"], ["scores"], to=TensorProto.DOUBLE),
            helper.make_node("Sub", ["minus_offset", "scores"], ["anomaly_score"]),
            helper.make_node("Mul", [INPUT, "nothing"], ["contributions"]),
        ]
    )
    (label,) = (output for output in inside.output if output.name == "label")
    del inside.output[:]
    inside.output.append(label)
    for name, kind, columns in (
        ("scores", TensorProto.DOUBLE, 1),
        ("anomaly_score", TensorProto.DOUBLE, 1),
        ("contributions", TensorProto.FLOAT, n_features),
    ):
        inside.output.append(helper.make_tensor_value_info(name, kind, [None, columns]))
    return bytes(model.SerializeToString(deterministic=True))
