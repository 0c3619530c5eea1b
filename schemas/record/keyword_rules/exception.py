"""The rules of `Flags.has_exception`."""

from typing import Final

from schemas.record.keyword_rules.rule import Rule

_SCRIPT: Final = r"[.](?:[cm]?js|ts|[jt]sx|mts|vue):[0-9]{1,7}:[0-9]{1,7}"

EXCEPTION: tuple[Rule, ...] = (
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
        ),
        r"\bgaierror\b|\bremotedisconnected\b"
        r"|\berrno::e[a-z]{2,20}\b|\bnet::(?:read|open|write)timeout\b|\btimeout::error\b"
        r"|\bpg::[a-z]{3,40} ?[(:]"
        r"|\bactiverecord::[a-z]{3,40}(?: \(|:)|\*\* \(exit\)",
        "the same, known by name: Python, Ruby, Elixir",
    ),
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
        "said-by-runtime",
        (
            *("undefined method", "cannot read propert", "out of range", "out of bounds", "std::"),
            *(
                "is not a function",
                "nil pointer",
                "none value",
                "none` value",
                "nonetype",
                "not iterable",
            ),
        ),
        r"\bundefined method [`'\"]|\bcannot read propert(?:y|ies) (?:of|['\"])"
        r"|\bindex (?:[0-9]{1,12} )?(?:was |is )?out of (?:range|bounds)\b|\bis not a function\b"
        r"|\bstd::(?:bad_[a-z]{3,20}|runtime_error|logic_error|out_of_range|invalid_argument"
        r"|system_error)\b"
        r"|\bnil pointer dereference\b|\b(?:on|unwrap) an? `?none`? value\b"
        r"|'nonetype' object (?:has no|is not)\b|\b(?:object|value) is not iterable\b",
        "what run-time environments say of a program's mistake: undefined method `id' for nil",
    ),
    Rule("panic", ("panic",), r"\bpanic(?:s|ked|king)?\b", "Go, Rust and kernels panic"),
    Rule(
        "runtime-gave-up",
        (
            *(
                "php fatal error:",
                "php parse error:",
            ),
            *("parse error: ",),
            *("goroutine stack",),
            *(
                "** generic server",
                "** state machine",
                "** task",
                "** event handler",
            ),
            "fatal error: ",
            "unwrap()",
            "rust_backtrace",
            "androidruntime",
            "crash report",
            "reason for",
        ),
        r"\bgoroutine stack exceeds\b"
        r"|\*\* (?:generic server|state machine|task|event handler) [^ \n]{1,80} terminating\b"
        r"|\bphp (?:fatal|parse) error:|\bfatal error: (?:all goroutines|concurrent map|unexpected"
        r" signal|stack overflow|uncaught|index out of range|unexpectedly found nil|runtime:)"
        r"|\bunwrap\(\)` on an? `|\brust_backtrace=|\bandroidruntime: (?:process|shutting)"
        r"|\bcrash report\b|\breason for termination\b",
        "a run-time environment that ends the program: PHP, Go, Swift, Rust, Android, Erlang",
    ),
    Rule(
        "segfault",
        ("seg", "sigabrt", "sigbus", "sigill", "sigfpe"),
        r"\bsegfault(?:s|ed)?\b|\bsegmentation (?:fault|violation)\b"
        r"|\bsig(?:segv|abrt|bus|ill|fpe)\b|/segv\b",
        "a native crash",
    ),
    Rule(
        "signal",
        ("signal",),
        r"\b(?:(?:exit(?:ed)?|died|crash(?:ed)?|terminated|killed|stopped|dumped)(?: [a-z]{1,10})"
        r"{0,2}|fatal|got|caught|received) signal:? (?:4|6|7|8|10|11)\b",
        "the numbers of the signals of native crashes: exited on signal 11; not 9 and 15",
    ),
    Rule(
        "core-dump",
        ("dumped", "terminate called", "illegal instruction", "bus error"),
        r"\bcore[ -]?dumped\b|\bdumped (?:a )?core\b|\bcode=dumped\b|\bterminate called\b"
        r"|\billegal instruction\b|\bbus error\b",
        "a native crash that left its memory behind, or C++ that ended itself",
    ),
    Rule(
        "memory-broken",
        (
            "double free",
            "free(): ",
            "malloc(): ",
            "smashing",
            "sanitizer: ",
            "pure virtual",
            "what(): ",
        ),
        r"\bdouble free\b|\b(?:free|malloc)\(\): [a-z]"
        r"|\bstack smashing\b|sanitizer: [a-z]|\bpure virtual method\b|\bwhat\(\): ",
        "what the libraries of C and C++ say before they end a program",
    ),
    Rule(
        "assertion",
        ("assert",),
        r"\bassert(?:ion)?(?: [`'\"(][^\n]{1,200})? (?:failed|violated|failure)\b"
        r"|\bfailed assert(?:ion)?\b",
        "a program found itself wrong",
    ),
    Rule(
        "kernel-oops",
        (
            *(
                "list_add",
                "list_del",
                "appcrash",
                "fault bucket",
            ),
            *(
                "oops -",
                "oops [",
                "kernel oops",
                "recursive fault",
                "kernel tried to",
                "cut here",
                "bad mode in",
            ),
            *("oops: ", "kernel bug at", "protection fault", "double fault", "divide error"),
            *("invalid opcode", "null pointer dereference", "handle kernel", "page fault for"),
            *("rip: ", "kasan: ", "warning: cpu: ", "bugcheck", "faulting"),
        ),
        r"\blist_(?:add|del) corruption\b|\bappcrash\b|\bfault bucket\b"
        r"|\boops \[#|\bkernel oops\b|\brecursive fault\b|\bkernel tried to (?:execute|access)\b"
        r"|\[ cut here \]|\bbad mode in\b"
        r"|\boops: [0-9a-f]{4}|\boops(?: -|: kernel)|\bkernel bug at\b|\bgeneral protection fault\b"
        r"|\bdouble fault\b|\bdivide error\b|\binvalid opcode\b|\bnull pointer dereference\b"
        r"|\bunable to handle (?:kernel\b|page fault for\b)|\brip: [0-9a-f]{4}:|\bkasan: [a-z]"
        r"|\bwarning: cpu: [0-9]{1,5} pid: |\bbugcheck\b|\bfaulting (?:application|module)\b",
        "a kernel that failed, or says which program did: Oops, BUG, bugcheck",
    ),
    Rule(
        "kernel-bug",
        ("bug: ",),
        r"(?:^|[\] :\n\t])BUG: [A-Za-z]",
        "the kernel's own word; a bug of a tracker is written otherwise",
        "cased",
    ),
    Rule(
        "oracle-internal",
        ("ora-",),
        r"\bora-0(?:0600|7445)\b",
        "a data base that failed in itself",
    ),
    Rule(
        "unhandled",
        ("uncaught", "unhandled"),
        r"\b(?:uncaught|unhandled)\b|\bunhandledpromiserejection",
        "an unhandled failure",
    ),
    Rule(
        "terminated-unexpectedly",
        ("terminated unexpectedly",),
        r"\b(?:service|process|program|application|worker|daemon|thread)(?: [^ \n]{1,60}){0,3}"
        r" terminated unexpectedly\b",
        "a service of Windows, a worker: it ended unexpectedly",
    ),
    Rule(
        "caused-by",
        ("caused by: ",),
        r"(?:^|[\n\t] {0,20}|; )Caused by: |\bCaused by: [a-z0-9_$.]{1,200}[A-Z]",
        "the link between two stack traces; not 'caused by' in prose",
        "cased",
    ),
)
"""The rules of `Flags.has_exception`."""
