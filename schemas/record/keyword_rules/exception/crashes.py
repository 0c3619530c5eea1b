"""What run-time environments, kernels and programs say of themselves when they fail."""

from schemas.record.keyword_rules.rule import Rule

CRASHES: tuple[Rule, ...] = (
    Rule(
        "said-by-runtime",
        (
            "memory access",
            "access violation",
            "runtime error",
            "run-time error",
            "internal error",
            "compiler error",
            *("undefined method", "cannot read propert", "out of range", "out of bounds", "std::"),
            *(
                "is not a function",
                "nil pointer",
                "none value",
                "none` value",
                "nonetype",
                "not iterable",
            ),
            *("too deep", "maximum call stack", "recursion depth", "by zero", "object reference"),
            *("not an object", "nil value", "heap out of memory", "java heap space"),
            *("memory allocation of", "overflowed its stack", "stack overflow"),
        ),
        r"\bundefined method [`'\"]|\bcannot read propert(?:y|ies) (?:of|['\"])"
        r"|\bindex (?:[0-9]{1,12} )?(?:was |is )?out of (?:range|bounds)\b|\bis not a function\b"
        r"|\bstd::(?:bad_[a-z]{3,20}|runtime_error|logic_error|out_of_range|invalid_argument"
        r"|system_error)\b"
        r"|\bnil pointer dereference\b|\b(?:on|unwrap) an? `?none`? value\b"
        r"|'nonetype' object (?:has no|is not)\b|\b(?:object|value) is not iterable\b"
        r"|\bstack level too deep\b|\bmaximum (?:call stack size|recursion depth) exceeded\b"
        r"|\b(?:division|divided?) by zero\b|\bobject reference not set\b"
        r"|\b(?:undefined|null) is not an object\b|\battempt to [a-z]{3,12} (?:local |global "
        r"|field )?"
        r"(?:['\"(][^ \n]{1,60} )?\(?a nil value\b|\bheap out of memory\b|\bjava heap space\b"
        r"|\bmemory allocation of [0-9]{1,20} bytes failed\b|\boverflowed its stack\b"
        r"|\bstack overflow\b"
        r"|\billegal memory access\b|\baccess violation\b|\b(?:abap|vbscript|jscript"
        r"|php) runtime error\b"
        r"|\brun-time error ['\"]|\bkvm internal error\b"
        r"|\binternal error [^ \n]{1,60} at line [0-9]"
        r"|\binternal compiler error\b",
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
            *("fatal python", "fatal error has been", "genserver ", "intentionally crash"),
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
        r"|\bcrash report\b|\breason for termination\b"
        r"|\bfatal python error\b|\bfatal error has been detected\b|\bintentionally crash"
        r"|\bgenserver [^ \n]{1,100} terminating\b",
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
        r"{0,2}|fatal|internal error:|got|caught|received) signal:? (?:4|6|7|8|10|11)\b",
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
            *("alloc(): ", "munmap_chunk(): ", "buffer overflow detected", "corrupted size"),
            "smashing",
            "sanitizer: ",
            "pure virtual",
            "what(): ",
        ),
        r"\bdouble free\b|\b(?:free|malloc|realloc|calloc|munmap_chunk)\(\): [a-z]"
        r"|\bbuffer overflow detected\b|\bcorrupted size vs\b"
        r"|\bstack smashing\b|sanitizer: [a-z]|\bpure virtual method\b|\bwhat\(\): ",
        "what the libraries of C and C++ say before they end a program",
    ),
    Rule(
        "assertion",
        ("assert", "invariant ", "insist(", "require(", "ensure("),
        r"\bassert(?:ion)?(?: [`'\"(][^\n]{1,200})? (?:failed|violated|failure)\b"
        r"|\bfailed (?:[a-z]{1,12}_)?assert(?:ion)?\b"
        r"|\b(?:insist|require|ensure)\([^\n]{1,200}\) failed\b"
        r"|\bfatal assertion\b|\binvariant (?:failure|failed|violated)\b",
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
        (
            *(
                f"{verb} unexpectedly"
                for verb in ("terminated", "stopped", "quit", "exited", "died", "ended")
            ),
            "stopped working",
        ),
        r"\b(?:service|process|program|application|worker|daemon|thread)(?: [^ \n]{1,60}){0,3}"
        r" (?:terminated|stopped|quit|exited|died|ended) unexpectedly\b|\bhas stopped working\b",
        "a service of Windows, a worker: it ended unexpectedly",
    ),
    Rule(
        "caused-by",
        ("caused by: ",),
        r"(?:^|[\n\t] {0,20}|; )Caused by: |\bCaused by: [a-z0-9_$.]{1,200}[A-Z]",
        "the link between two stack traces; not 'caused by' in prose",
        "cased",
    ),
    Rule(
        "crash-report",
        (
            "bug report start",
            "exc_",
            "abort message",
            "crashed with",
            "crashed by",
            "crashed thread",
        ),
        r"\bbug report start\b|\bexc_(?:bad_[a-z]{3,20}|crash|breakpoint|guard|resource"
        r"|arm_[a-z]{2,20})\b"
        r"|\babort message: |\bcrashed (?:with|by) (?:signal|sig[a-z]{2,5}|an? )"
        r"|\bcrashed thread: ",
        "the heading of a report on a crash: EXC_BAD_ACCESS, Abort message: ...",
    ),
)
