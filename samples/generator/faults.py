"""All faults, in the order they are provoked: related faults kept apart."""

from __future__ import annotations

from samples.generator import faults_edge as edge
from samples.generator import faults_postgres as postgres

FAULTS = (
    edge.missing_currency,
    postgres.stopped,
    edge.redis_killed,
    postgres.statement_timeout,
    edge.api_frozen,
    edge.nginx_worker_killed,
    postgres.deadlock,
    edge.redis_out_of_memory,
    edge.clients_disconnect,
    postgres.too_many_connections,
    edge.nginx_body_folder_unwritable,
    postgres.backend_killed,
    edge.redis_save_fails,
    postgres.schema_mismatch,
    edge.api_killed,
    postgres.lock_timeout,
    edge.poison_jobs,
    edge.nginx_stopped,
    postgres.password_changed,
    edge.redis_frozen,
    postgres.idle_transaction,
    edge.nginx_bad_configuration,
    postgres.table_file_unreadable,
)
