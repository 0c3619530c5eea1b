"""The serving half: a Falcon app that answers predictions from an ONNX graph."""
