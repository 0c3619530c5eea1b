"""The training half: fits an isolation forest, exports it to ONNX, proves it and publishes it."""
