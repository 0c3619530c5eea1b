"""From data of any size to a count table: on this machine, on a cluster, or by an SQL engine."""
