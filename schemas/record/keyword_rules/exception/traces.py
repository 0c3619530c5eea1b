"""Stack traces: headings and lines, by language."""

from typing import Final

from schemas.record.keyword_rules.rule import Rule

_SCRIPT: Final = r"[.](?:[cm]?js|ts|[jt]sx|mts|vue):[0-9]{1,7}:[0-9]{1,7}"

TRACES: tuple[Rule, ...] = (
    Rule(
        "trace",
        ("traceback", "backtrace", "stack", "call trace", "end trace"),
        r"\b(?:traceback|backtrace|stack[ -]?traces?|call trace:)|\bend trace [0-9a-f]",
        "the heading of a stack trace, or its end",
    ),
    Rule(
        "trace-line",
        (
            ".java:",
            ".kt:",
            ".scala:",
            '", line',
            "goroutine",
            "(unknown source)",
            "(native method)",
        ),
        r"(?:\b|\\t)at [a-z0-9_$./<>@-]{3,300}"
        r"\((?:[a-z0-9_$-]{1,100}\.(?:java|kt|scala):[0-9]{1,6}|unknown source|native method)\)"
        r'|\bfile "[^"\n]{1,300}", line [0-9]|\bgoroutine [0-9]{1,12} \[',
        "a line of a stack trace: Java, Kotlin, Scala, Python, Go",
        "whole",
    ),
    Rule(
        "trace-line-more",
        (" more", "frames omitted"),
        r"\[previous line repeated [0-9]{1,9} more times?\]"
        r"|(?:^|\n)[ \t]{0,20}[.]{3} [0-9]{1,6} (?:more|common frames omitted)\b",
        "the last line of a stack trace of Java",
        "whole",
    ),
    Rule(
        "trace-line-script",
        (
            *(".mts:",),
            ".js:",
            ".ts:",
            ".mjs:",
            ".cjs:",
            ".jsx:",
            ".tsx:",
            ".vue:",
            "(node:",
            "(index ",
            "<anonymous>",
        ),
        r"\bat <anonymous>:[0-9]{1,7}:[0-9]"
        r"|\bat (?:async |new )?[^ \n()]{1,150}(?: \[as [^ \n\]]{1,60}\])?"
        r" \((?:index [0-9]{1,6}|<anonymous>|node:[^ \n()]{1,250}:[0-9]{1,7}:[0-9]{1,7}"
        rf"|[^ \n()]{{1,250}}{_SCRIPT})\)"
        rf"|\bat (?:async )?[^ \n()]{{1,250}}{_SCRIPT}|@[a-z-]{{2,20}}:[^ \n()@]{{1,250}}{_SCRIPT}",
        "a line of a stack trace: JavaScript in servers and browsers",
        "whole",
    ),
    Rule(
        "trace-line-dotnet",
        ("] in <", "   at ", ":line "),
        r"\) \[0x[0-9a-f]{1,8}\] in <"
        r"|(?:^|[\r\n])[ \t\r\n]{0,30}   at [a-z_][a-z0-9_<>$`+,\[\]|]{0,100}"
        r"(?:[.][a-z0-9_<>$`+,\[\]|]{1,100}){1,9} ?\([^()\n]{0,300}\)"
        r"|(?:^|[\r\n])[ \t\r\n]{0,30}   at lambda_method\("
        r"|\([^()\n]{0,300}\) in [^\n]{1,300}:line [0-9]",
        "a line of a stack trace: .NET",
        "whole",
    ),
    Rule(
        "trace-line-other",
        (
            *(".php:",),
            *(
                ".php(",
                "[internal function]",
                "{main}",
                "thrown in",
                ".rb:",
                ".ex:",
                ".exs:",
                ".go:",
            ),
            *(".pl line", ".pm line", " () from", "created by"),
        ),
        r"\bphp {1,4}[0-9]{1,3}[.] [^ \n]{1,200} [^ \n]{1,250}[.]php:[0-9]"
        r"|\bat [^ \n]{1,200} \([^ \n()]{1,250}[.]php:[0-9]{1,7}\)"
        r"|#[0-9]{1,4} +(?:[^ \n()]{1,250}[.]php\([0-9]{1,6}\): |\[internal function\]: |\{main\})"
        r"|\{main\}\(\)|\bthrown in [^ \n]{1,250} on line [0-9]"
        r"|[.]rb:[0-9]{1,6}:in [`']|[.]exs?:[0-9]{1,6}: [^ \n]{1,100}/[0-9]"
        r"|[.]go:[0-9]{1,6} [+]0x[0-9a-f]"
        r"|\bcreated by [^ \n]{1,150} in goroutine|[.]p[lm] line [0-9]{1,6}[.]"
        r"|#[0-9]{1,4} +0x[0-9a-f]{1,16} in [^ \n]{1,200} \(\) from",
        "a line of a stack trace: PHP, Ruby, Elixir, Go, Perl, gdb",
        "whole",
    ),
    Rule(
        "trace-line-native",
        (
            *(
                "ora-",
                "core::",
                "std::",
                "alloc::",
                "tokio::",
                "hyper::",
                "rayon::",
                ".(*",
                " pc ",
                ".rs:",
                ".dart:",
                "callstack (",
                ".clj:",
                ".groovy:",
            ),
            *('.erl"},{line,', "in main chunk", "in function ", "categoryinfo", " char:", ".exs:"),
        ),
        r"#[0-9]{2} +pc [0-9a-f]{8}|\bat [^ \n]{1,250}[.]rs:[0-9]{1,7}:[0-9]"
        r"|#[0-9]{1,4} +[^\n]{1,150} \((?:package|dart|file):[^ \n()]{1,250}[.]dart:[0-9]"
        r"|\bcallstack \(from |[(][^ \n()]{1,100}[.](?:clj|groovy):[0-9]{1,7}[)]"
        r"|[.]erl\"[}],[{]line,[0-9]|:[0-9]{0,7}:? in (?:main chunk\b|function [<'])"
        r"|\bora-06512: at "
        r"|(?:^|\n) {1,9}[0-9]{1,4}: (?:0x[0-9a-f]{1,16} - )?<?(?:core|std|alloc|tokio"
        r"|hyper|rayon)::[a-z_<{]|[.]\(\*[a-z0-9_]{1,60}\)[.][a-z0-9_.]{1,60}\("
        r"|[+] categoryinfo +:|[.]ps1:[0-9]{1,7} char:[0-9]",
        "a line of a stack trace: Android, Rust, Dart, gdb, Haskell, Clojure, Erlang, Lua,"
        " PowerShell",
        "whole",
    ),
)
