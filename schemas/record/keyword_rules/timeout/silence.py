"""Nobody answered: probes, pings and signs of life without an echo; work that hangs."""

from schemas.record.keyword_rules.rule import PERIOD, UNANSWERED, WORD, Rule

SILENCE: tuple[Rule, ...] = (
    Rule(
        "no-echo",
        (
            *("no response", "no reply", "no answer", "no echo", "no ping", "no hello"),
            *("no keepalive", "no keep-alive", "no output", "no data", "no activity", "no input"),
            *("no acknow", "no ack ", "no acks "),
        ),
        r"\bno (?:response|reply|answer) (?:to|for|on|after) (?:[0-9]{1,6} |the |our |any "
        r"|last )?(?:[a-z-]{1,20} )?(?:echo|ping|probe|hello|keep-?alive|poll|heartbeat"
        r"|request|attempt|retr|tr)(?:y|ies|s|es)?\b"
        r"|\bno (?:echo|ping|hello|keep-?alive) (?:response|reply|replies|answer)"
        rf"|\bno (?:reply|response|answer) from {WORD}(?: {WORD})? (?:ever|in time|after)\b"
        r"|\bno (?:output|data|activity|input) (?:has been |was |is )?(?:received|seen|produced)"
        rf"(?: {WORD}){{0,4}} (?:in|within|for|since)(?: the)?(?: last| past)? [0-9]"
        rf"|{UNANSWERED}",
        "a probe without an echo: no response to 3 echo-requests, no reply from osd.3 ever",
    ),
    Rule(
        "no-sign-of-life",
        ("heartbeat", "keepalive", "keep-alive", "beacon", "pings", "pong", "pingack"),
        r"(?:\b(?:has|have|had|did) not|\b(?:hasn't|haven't|hadn't|didn't)) (?:sent|send|received"
        r"|receive|seen|see|got|get)(?: (?:any|a|its|the|our)){0,2} "
        r"(?:heartbeats?|keep-?alives?|beacons?|pings|pongs?)\b"
        r"|\b(?:heartbeats?|keep-?alives?|beacons?|pongs?|pingack) (?:did not|didn't|never|has not"
        r"|have not|not) (?:arrived?|come|received|seen)\b",
        "signs of life that were not sent: has not sent any heartbeats for 60000 ms",
    ),
    Rule(
        "failed-to-answer",
        tuple(f"fail{s} to {what}" for s in ("s", "ed") for what in ("respond", "answer", "reply")),
        r"\bfail(?:ed|s) to (?:respond|answer|reply)\b(?:[^ ]| (?:[^w]|$)|$)",
        "the same the other way round: failed to respond to a ping",
    ),
    Rule(
        "hangs",
        ("blocked for", "waited at", "waited for", "gpu hung", "too slow", "has been busy"),
        rf"\bblocked for {PERIOD}\b|\bgpu hung\b|\boperation too slow\b"
        rf"|\bhas waited (?:at|for)(?: {WORD}){{0,6}} for {PERIOD}\b"
        rf"|\bhas been busy for {PERIOD}\b",
        "work that does not come to its end: slow ops, oldest one blocked for 182 sec",
    ),
)
