"""The Open Inference Protocol: tensors become logs, verdicts become tensors.

Loaded for the first call under `/v2`; who asks in JSON of ours never needs it.
"""
