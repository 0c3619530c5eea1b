"""OpenTelemetry's logs as its protocol OTLP carries them, in protobuf and in JSON."""
