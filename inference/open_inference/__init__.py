"""The Open Inference Protocol: tensors become logs, verdicts become tensors.

Loaded for the first call under `/v2`; the project's own calls never need it.
"""
