"""The source of a job's records."""

from trainer.jobs.count_tables import CountTables
from trainer.jobs.dataset import Dataset

Data = Dataset | CountTables
"""Logs, or tables that were made of some."""
