"""The detectors of the training half: how each is fitted, proved and recalibrated."""
