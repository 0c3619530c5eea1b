"""SQL that makes the table of distinct records with counts in the engine where the logs are."""

from trainer.sql.dialects import Dialect
from trainer.sql.queries import features_query, logs_query, patterns_query

__all__ = ["Dialect", "features_query", "logs_query", "patterns_query"]
