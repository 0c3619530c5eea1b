"""Names of other things: options, metrics, addresses, tests, files, columns, classes."""

from typing import Final

from schemas.record.keyword_rules.rule import STEM, TIME_OUT, Rule

_WORDS: Final = f"(?:exceptions?|errors?|{TIME_OUT}|failures?|failed|rejected|refused)"
"""The name of a column of a table."""
_SUFFIX: Final = (
    "(?:py|java|kt|scala|jsx?|tsx?|html?|css|csv|tsv|log|go|rb|php|cs|rs|cc?|cpp|hp?p?|json|xml"
    "|ya?ml|conf"
    "|cfg|ini|txt|class|md|svg|png|gz)"
)
_LISTING: Final = (
    "load|scann|register|mapp|compil|import|instrument|transform|index|deserializ|prepar|verify"
)

NAMES: tuple[Rule, ...] = (
    Rule(
        "option-name",
        (
            "[-",
            "  -",
            "\t-",
            "--",
            "-xx:",
        ),
        rf"(?:^|[ \t\r\n(\[|,'\"`])--[a-z0-9-]{{0,40}}{STEM}[a-z0-9-]{{0,40}}"
        r"(?:[ =](?:<[^ >\n]{1,40}>"
        r"|[a-z]{1,20}[)\]]|(?:duration|int|string|seconds|secs|ms|n)\b))?"
        rf"|(?:^|\n)[ \t]{{0,8}}(?:  |\t)-[a-z](?:,? --?[a-z-]{{1,40}})?["
        rf" =][^\n]{{0,150}}{STEM}[^\n]{{0,150}}"
        rf"|\[--?[a-z-]{{1,30}}[ =]<?[a-z_]{{0,20}}{STEM}[a-z_]{{0,20}}>?\]"
        r"|-xx:[+-]?[a-z]{0,60}(?:error|exception)[a-z]{0,30}",
        "the name of an option in a command or its help: --connect-timeout SECONDS",
    ),
    Rule(
        "metric",
        (
            "# help ",
            "# type ",
            "# unit ",
            "_total",
            "_count",
            "_bucket",
            "_sum",
            ".count",
            ".total",
            ".rate",
            "_rate",
            ".max",
            "_max",
            ".mean",
            "_mean",
            ".sum",
            ".bucket",
        ),
        rf"(?:^|\n)[ \t\r]{{0,9}}# (?:help|type|unit) [^\n]{{0,200}}{STEM}[^\n]{{0,200}}"
        rf"|\b[a-z0-9_:.]{{0,80}}{STEM}[a-z0-9_.]{{0,60}}[_.](?:total|count|bucket|sum|rate|max"
        rf"|mean)\b",
        "the name of a metric and what is said of it: http_request_timeouts_total",
    ),
    Rule(
        "web-address",
        ("http://", "https://"),
        rf"\bhttps?://[^ \n]{{0,200}}{STEM}[^ \n]{{0,200}}",
        "an address that is pointed to: see https://example.com/docs/connection-refused",
    ),
    Rule(
        "passed-test",
        (
            'test "',
            "test '",
            "test `",
            "pass",
            "ok ",
            " ok",
            ":ok",
            ".ok",
            "skipped",
            "ms)",
            "running ",
            "=== run",
        ),
        rf"\btest[a-z]{{0,6}}[_./:-][a-z0-9_./:\[\]-]{{0,100}}{STEM}[a-z0-9_./:\[\]-]{{0,100}}"
        r"[ .:]{1,60}(?:passed|pass|ok|skipped)\b"
        r"|(?:^|\n)[ \t\r]{0,9}(?:ok [0-9]{1,9} - |--- pass: )"
        rf"[^\n]{{0,150}}{STEM}[^\n]{{0,150}}"
        rf"|(?:^|\n)[ \t\r]{{1,9}}(?:[?]|\[[+?]\]) [^\n]{{0,150}}{STEM}[^\n]{{0,150}}"
        rf" \([0-9]{{1,7}} ?ms\)"
        rf"|\brunning (?:the )?tests?(?: suites?| cases?)?:? [^\n]{{0,150}}{STEM}[^\n]{{0,150}}"
        rf"|(?:^|\n)=== run {{1,4}}[^ \n]{{0,150}}{STEM}[^ \n]{{0,150}}"
        rf"|\btest [\"\'`][^\"\'`\n]{{0,150}}{STEM}[^\"\'`\n]{{0,150}}[\"\'`]:? (?:passed|ok"
        rf"|succeeded|skipped)\b"
        rf"|(?:^|\n)pass {{1,4}}[^ \n]{{0,150}}{STEM}[^ \n]{{0,150}}"
        rf"|\b[0-9]{{1,6}} passing: [^\n]{{0,150}}{STEM}[^\n]{{0,150}}",
        "the name of a test that passed: test_connection_refused PASSED",
    ),
    Rule(
        "retry-list",
        ("retry", "retri"),
        r"\bretry(?:able)?[ ._-]?(?:on|policy|errors|codes|conditions|exceptions)[\"']? ?[=:] ?"
        rf"(?:\[[^\]\n]{{0,150}}{STEM}[^\]\n]{{0,150}}\]|[^ \n]{{0,150}}{STEM}[^ \n]{{0,150}})",
        "a list of what is tried again: retry_on: connect-failure,timeout",
    ),
    Rule(
        "switched",
        ("enabled", "disabled"),
        rf"\b(?:[a-z-]{{2,30}} ){{0,3}}[a-z-]{{0,20}}{STEM}[a-z-]{{0,20}}"
        r" (?:[a-z-]{2,30} ){0,3}"
        r"(?:alerts?|alerting|detection|monitoring|checks?|checking|handling|reporting|retry"
        r"|retries"
        r"|notifications?|logging|tracking|tracing|protection|injection|recovery|simulation)"
        r" (?:is |are |was |were )?(?:now |currently )?(?:enabled|disabled)\b",
        "what is switched on or off: connection error reporting is enabled",
    ),
    Rule(
        "address",
        (
            *("get /", "post /", "put /", "patch /", "delete /", "head /", "options /"),
            *("/exception", "/error", "/timeout", "/time-out", "/connection", "/crash"),
            *("path=", "path: ", "url=", "url: ", "uri=", "uri: "),
        ),
        rf"\b(?:get|post|put|patch|delete|head|options) /[^ \n]{{0,300}}{STEM}[^ \n]{{0,300}}"
        rf"|\b(?:path|url|uri)(?:: |=)[\"']?/[^ \n]{{0,200}}{STEM}[^ \n]{{0,200}}"
        r"|(?:^|[ \"'(=])(?:/[a-z0-9_.-]{1,60}){0,8}/(?:exception|error|time-?out|connection|crash)"
        r"[a-z0-9_./-]{0,200}",
        "the path of a request or of a file: GET /docs/exceptions.html, /var/errors/a",
    ),
    Rule(
        "file-name",
        (
            *(
                "exception.",
                "exceptions.",
                "error.",
                "errors.",
                "timeout.",
                "timeouts.",
                "time-out.",
            ),
            *("time-outs.", "failure.", "failures.", "error_log"),
        ),
        rf"\b[a-z0-9_.-]{{0,60}}(?:exceptions?|errors?|{TIME_OUT}|failures?)[.]{_SUFFIX}\b"
        r"|\berror_log /[^ \n]{1,200}",
        "the name of a file: exceptions.py compiled, error.log",
    ),
    Rule(
        "table-heading",
        (
            *(
                f"{mark}{word}"
                for mark in ("  ", "\t", "| ", "|", ",")
                for word in (
                    "exception",
                    "error",
                    "timeout",
                    "time-out",
                    "fail",
                    "reject",
                    "refused",
                )
            ),
            *(
                f"{word}{gap}"
                for word in ("exception", "error", "timeout", "time-out", "failure")
                for plural in ("", "s")
                for gap in (f"{plural}  ", f"{plural}	")
            ),
            *(
                f"{word}{gap}"
                for word in ("failed", "rejected", "refused")
                for gap in ("  ", "	")
            ),
        ),
        rf"(?:^|\n)[ \t]{{0,9}}[|](?: {{0,20}}[a-z][a-z _/%().-]{{0,30}}["
        rf"|]){{0,20}} {{0,20}}{_WORDS}"
        r" {0,20}[|](?: {0,20}[a-z][a-z _/%().-]{0,30}[|]?){1,20}"
        rf"|\b(?:[a-z_%/-]{{2,30}}(?: {{2,40}}|\t)){{2,20}}{_WORDS}\b"
        rf"|\b[a-z_%/-]{{2,30}}(?: {{2,40}}|\t){_WORDS}(?: {{2,40}}|\t)[a-z_%/-]{{2,30}}\b"
        rf"|\b(?:[a-z_]{{1,30}},){{1,30}}{_WORDS}(?:,[a-z_]{{1,30}}){{1,30}}"
        rf"|(?:^|\n) {{0,9}}{_WORDS}(?:(?: {{2,40}}"
        rf"|\t)[a-z_%/-]{{2,30}}(?: [a-z]{{2,20}})?){{2,20}}[ \t]{{0,40}}(?:$|\n)"
        rf"|(?:^|\n)\t?(?: {{0,9}}[a-z][a-z _/%().-]{{0,30}}[|]){{1,12}} {{0,9}}(?:exceptions"
        rf"|errors|time-?outs|failures) {{0,9}}(?:[|][a-z _/%().-]{{1,30}}){{0,12}}[\t\r]?(?:$|\n)",
        "the headings of a table, in bars, columns or commas: | NAME | TIMEOUT | STATE |",
    ),
    Rule(
        "listed-class",
        (
            *("loading ", "loaded ", "scann", "regist", "mapping ", "mapped ", "compil", "import"),
            *("instrument", "transform", "index", "deserializ", "prepar", "verify", "verified"),
            *("class ", " source: "),
        ),
        rf"\b(?:{_LISTING})(?:ed|ing)(?: (?:the|class|classes|type|types|bean|exception|mapping"
        r"|handler|for|of)){0,3} (?:[a-z0-9_$]{1,60}[.]){1,12}[a-z0-9_$]{0,80}"
        r"(?:exception|error|throwable)s?\b"
        r"|\bclass (?:[a-z0-9_$]{1,60}[.]){0,12}[a-z0-9_$]{0,80}(?:exception|error)s? (?:was |is )?"
        r"(?:registered|loaded|found|compiled|mapped|scanned|imported)\b"
        r"|\b(?:[a-z0-9_$]{1,60}[.]){1,12}[a-z0-9_$]{0,80}(?:exception|error) source: ",
        "a class that is listed, not thrown: Loading class com.acme.TimeoutException",
    ),
)
