"""The configuration files of the programs, as text."""

from __future__ import annotations

from pathlib import Path

POSTGRES = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 10
superuser_reserved_connections = 3
shared_buffers = 16MB
work_mem = 1MB
fsync = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_destination = 'stderr'
logging_collector = off
log_line_prefix = '%m [%p] '
log_statement = 'mod'
log_min_duration_statement = 10
log_connections = on
log_disconnections = off
log_checkpoints = on
log_lock_waits = on
log_temp_files = 0
log_autovacuum_min_duration = 0
autovacuum_naptime = 6
checkpoint_timeout = 30s
deadlock_timeout = 150ms
"""

POSTGRES_ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"

REDIS = """\
bind 127.0.0.1
port {port}
dir {folder}
daemonize no
logfile ""
loglevel verbose
always-show-logo no
save 4 10
appendonly yes
set-proc-title no
enable-debug-command no
"""

NGINX = """\
daemon off;
{user}
worker_processes 2;
pid {folder}/nginx.pid;
error_log stderr info;
events {{ worker_connections 128; }}
http {{
    log_format main '$remote_addr "$request" $status $body_bytes_sent '
                    'rt=$request_time urt=$upstream_response_time "$http_user_agent"';
    access_log /dev/stdout main;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_body_buffer_size 1k;
    limit_req_zone $binary_remote_addr zone=visitors:1m rate=8r/s;
    limit_req_log_level warn;
    limit_req_status 429;
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Forwarded-For;
    upstream orders_api {{ server 127.0.0.1:{api_port}; }}
    server {{
        listen 127.0.0.1:{port};
        server_name shop.example;
        root {folder}/www;
        location = /health {{ return 200 "ok\\n"; }}
        location /static/ {{ }}
        location / {{
            limit_req zone=visitors burst=6 nodelay;
            proxy_pass http://orders_api;
            proxy_set_header Host $host;
            proxy_connect_timeout 500ms;
            proxy_read_timeout 1100ms;
        }}
    }}
}}
"""

HAPROXY = """\
global
    log stdout format short local0 info
    maxconn 200

defaults
    mode http
    log global
    option log-separate-errors
    option dontlognull
    option forwardfor
    option abortonclose
    http-reuse always
    timeout connect 500ms
    timeout client 5s
    timeout server 3s
    log-format "%ci:%cp %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %ts %ac/%fc/%bc/%sc/%rc %{{+Q}}r"

frontend edge
    bind 127.0.0.1:{port}
    default_backend web

backend web
    option httpchk GET /health
    default-server check inter 3s fastinter 300ms downinter 300ms fall 2 rise 2
    server nginx1 127.0.0.1:{nginx_port}
"""

SHOP_SETTINGS = """\
{"rates": {"EUR": 1.0, "GBP": 0.85, "USD": 1.08}, "payment_delay_ms": 4, "low_stock": 9}
"""

# A release that forgets two currencies: orders in them meet an unhandled KeyError.
SHOP_SETTINGS_WITHOUT_RATES = """\
{"rates": {"EUR": 1.0}, "payment_delay_ms": 4, "low_stock": 9}
"""

# A payment step slower than the idle-in-transaction timeout of the database role.
SHOP_SETTINGS_SLOW_PAYMENT = """\
{"rates": {"EUR": 1.0, "GBP": 0.85, "USD": 1.08}, "payment_delay_ms": 550, "low_stock": 9}
"""

SCHEMA = """
CREATE TABLE products (
    id int PRIMARY KEY, name text NOT NULL, price_cents int NOT NULL, stock int NOT NULL
);
CREATE TABLE orders (
    id serial PRIMARY KEY, token text NOT NULL UNIQUE, customer int NOT NULL,
    currency text NOT NULL, state text NOT NULL DEFAULT 'new', total_cents int,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE order_items (
    order_id int REFERENCES orders, product_id int REFERENCES products, quantity int NOT NULL
);
CREATE TABLE archive (id int PRIMARY KEY, total_cents int NOT NULL);
INSERT INTO products SELECT n, 'product ' || n, 250 + 37 * n, 12 + n % 20
    FROM generate_series(1, 60) n;
INSERT INTO archive SELECT n, 500 + n % 9000 FROM generate_series(1, 5000) n;
GRANT SELECT, INSERT, UPDATE ON products, orders, order_items, archive TO orders;
GRANT USAGE ON SEQUENCE orders_id_seq TO orders;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO monitor;
"""

ROLES = """
CREATE ROLE orders LOGIN PASSWORD 'orders-sample';
CREATE ROLE monitor LOGIN PASSWORD 'monitor-sample' IN ROLE pg_monitor;
ALTER ROLE orders SET statement_timeout = '700ms';
ALTER ROLE orders SET lock_timeout = '400ms';
ALTER ROLE orders SET idle_in_transaction_session_timeout = '300ms';
CREATE DATABASE orders
"""


def write(path: Path, text: str) -> None:
    """Writes a configuration file that every service user can read."""
    path.write_text(text)
    path.chmod(0o644)
