"""The server around an app: processes, connections and their limits.

gunicorn keeps the processes and uvicorn speaks HTTP in each, with a few changes of ours for which
neither has a setting. What these use of the inside of both is all named here; a test asserts the
names, so that an upgrade that takes one away fails by name.

Of uvicorn: `Server.startup`, `on_tick`, `handle_exit`, `should_exit`, `servers`, `server_state`
(`connections`, `default_headers`), `lifespan.state`, `Config.encoded_headers`,
`ssl` and `http_protocol_class`; `HttpToolsProtocol.connection_made`, `on_headers_complete`,
`parser`, `transport`, `loop` and `cycle` with its `more_body`; that an answer is a write of its
head and then a write of its body, and that an error of the parser, also one that a callback raises,
is answered with 400.

Of uvicorn_worker: `UvicornWorker.CONFIG_KWARGS`, `_serve`, `_install_sigquit_handler`, `config`,
`sockets` and `wsgi`. Of gunicorn: `BaseApplication.load_config`, `load`, `cfg.set` and `run`, the
settings `child_exit` and, passed on by uvicorn_worker, `certfile`, `keyfile`, `ca_certs` and
`cert_reqs`, and `Worker.app`.
"""
