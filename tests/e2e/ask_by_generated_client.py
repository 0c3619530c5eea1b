"""Asks a service by a generated client: `ask_by_generated_client.py FOLDER URL`.

The folder holds the package `generated`, made by openapi-python-client of the service's own
document. Reads the body of a batch from standard input, and prints what came as JSON.
"""

import json
import sys
from importlib import import_module
from typing import Any


def main() -> None:
    """Ask by each call that judges, and by those about the service, and print."""
    sys.path.insert(0, sys.argv[1])
    client = import_module("generated").Client(base_url=sys.argv[2])
    models = import_module("generated.models")

    def ask(call: str, **arguments: Any) -> Any:
        module = import_module(f"generated.api.{call}")
        return module.sync(client=client, **arguments)

    batch = json.load(sys.stdin)
    requests = [models.PredictRequest.from_dict(log) for log in batch["logs"]]
    wrong = ask("predictions.predict", body=models.PredictRequest(log_id="a"))
    json.dump(
        {
            "ready": ask("service.ready").to_dict(),
            "version": ask("service.model_info").manifest.detector.value,
            "models": ask("service.models").to_dict(),
            "alone": [ask("predictions.predict", body=request).to_dict() for request in requests],
            "explained": ask("predictions.predict", body=requests[0], explain=True).to_dict(),
            "batch": ask(
                "predictions.predict_batch", body=models.BatchRequest(logs=requests)
            ).to_dict(),
            "wrong": {"class": type(wrong).__name__, **wrong.to_dict()},
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
