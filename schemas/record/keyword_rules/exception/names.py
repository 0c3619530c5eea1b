"""Names of exceptions: the word, classes, codes."""

from schemas.record.keyword_rules.rule import Rule

NAMES: tuple[Rule, ...] = (
    Rule("exception", ("exception",), r"\bexceptions?\b", "the word"),
    Rule(
        "error-class",
        ("exception", "error", "throwable"),
        r"\b[A-Z][A-Za-z0-9_]{0,100}(?:Exception|Error|Throwable)s?\b|\bThrowable\b",
        "names of classes: ValueError, java.lang.NullPointerException",
        "cased",
    ),
    Rule(
        "class-by-place",
        ("errors.", "exceptions.", "timeout: ", "timeout ("),
        r"\b[a-z_]{1,60}[.](?:errors|exceptions)[.][A-Z][A-Za-z0-9]{1,80}(?::|$|\n)"
        r"|(?:^|[ .:\n\t])[A-Z][a-z0-9]{1,40}(?:[A-Z][a-z0-9]{1,40}){0,5}Timeout(?:: [A-Za-z]| \()",
        "names of classes without the usual end: shop.errors.OutOfStock: 3 left",
        "cased",
    ),
    Rule(
        "class-by-name",
        (
            "gaierror",
            "remotedisconnected",
            "errno::",
            "net::read",
            "timeout::error",
            "net::open",
            "net::write",
            "pg::",
            "activerecord::",
            "** (exit",
            *("socket.timeout", "socket.herror"),
        ),
        r"\bgaierror\b|\bremotedisconnected\b"
        r"|\berrno::e[a-z]{2,20}\b|\bnet::(?:read|open|write)timeout\b|\btimeout::error\b"
        r"|\bpg::[a-z]{3,40} ?[(:]"
        r"|\bactiverecord::[a-z]{3,40}(?: \(|:)|\*\* \(exit\)"
        r"|\bsocket[.](?:timeout|herror)(?:: [a-z]|[ \t\r\n]*$)",
        "the same, known by name: Python, Ruby, Elixir",
    ),
    Rule(
        "class-in-scope",
        (
            "faraday::",
            "redis::",
            "mongo::",
            "openssl::",
            "sequel::",
            "excon::",
            "rack::",
            "sidekiq::",
            "aws::",
            "grpc::",
            "jwt::",
            "bundler::",
            "bunny::",
            "kafka::",
            "elasticsearch::",
            "actioncontroller::",
            "actionview::",
            "activemodel::",
            "httparty::",
            "restclient::",
            "zlib::",
            "timeout::",
            "json::",
            "psych::",
        ),
        r"\b(?:faraday|redis|mongo|openssl|sequel|excon|rack|sidekiq"
        r"|aws|grpc|jwt|bundler|bunny|kafka|elasticsearch"
        r"|actioncontroller|actionview|activemodel|httparty|restclient|zlib|timeout|json"
        r"|psych)::(?:[a-z0-9]{2,40}::){0,3}[a-z0-9]{0,40}"
        r"(?:failed|failure|notfound|invalid|timeout|denied|refused|exceeded|unauthorized|forbidden"
        r"|unavailable|violation|unsafe|closed|unknown)(?: \(|: )",
        "names of classes of Ruby's libraries: Faraday::ConnectionFailed (no route)",
    ),
    Rule(
        "exception-code",
        ("_exception]", "_exception: ", '_exception"'),
        r"(?:^|[\"' \t\r\n\[:,=(])(?:[a-z0-9]{2,20}_){1,5}exception(?:\]|: \[|: [a-z]{2,20} [a-z]"
        r"|\" ?[,}\])])",
        "codes that end so: index_not_found_exception: [cart]",
    ),
)
