"""The server around an app: processes, connections and their limits.

gunicorn keeps the processes and uvicorn speaks HTTP in each, with a few changes of ours for which
neither has a setting. All internals of both that these changes use are named here. A test asserts
the names, so that an upgrade that takes a name away fails with that name.

Of uvicorn: `Server.startup`, `on_tick`, `handle_exit`, `should_exit`, `started`, `servers`,
`server_state` (`connections`, `tasks`, `default_headers`, `total_requests`), `lifespan.state`,
`Config.encoded_headers`, `ssl` and `timeout_keep_alive`; of `HttpToolsProtocol` its constructor's
arguments, `connection_made`, `data_received`, `on_message_begin`, `on_url`, `on_header`,
`on_headers_complete`, `on_body`, `on_message_complete`, `on_response_complete`, `_start_asgi_task`,
`timeout_keep_alive`, `timeout_keep_alive_handler`, `timeout_keep_alive_task`, `transport`, `loop`,
`flow`, `parser`, `pipeline`, `app`, `logger`, `access_logger`, `access_log`, `expect_100_continue`,
`scope`, `url`, `headers` and `cycle`; of `RequestResponseCycle` its constructor's arguments and
`receive` and `send`, and its `body`, `more_body`, `response_started`, `response_complete`,
`waiting_for_100_continue`, `disconnected`, `default_headers`, `message_event`, `on_response` and
`keep_alive`; `STATUS_LINE`; `FlowControl.pause_reading`, `resume_reading`, `read_paused`,
`write_paused` and `drain`.

Of uvicorn_worker: `UvicornWorker.CONFIG_KWARGS`, `_serve`, `_install_sigquit_handler`, `config`,
`sockets` and `wsgi`. Of gunicorn: `BaseApplication.load_config`, `load`, `cfg.set` and `run`, the
settings `child_exit` and, passed on by uvicorn_worker, `certfile`, `keyfile`, `ca_certs` and
`cert_reqs`, and `app` and `ppid` of `Worker`.
"""
