"""States of peers, links and sessions that mean that nobody is there."""

from schemas.record.keyword_rules.rule import PEER, UNANSWERED, WORD, Rule

STATES: tuple[Rule, ...] = (
    Rule(
        "state-down",
        ("state down", "state: down", "_down", "to down", "declar"),
        r"\bchanged state from [a-z]{2,15} to down\b"
        r"|\b(?:to|in|into) state(?::| to)? down\b|\bnew state:? down\b|\b[a-z_]{1,40}_state_down\b"
        rf"|\b(?:state|status)(?: {WORD}){{0,2}} (?:changed|went|moved|transitioned)(?: from"
        rf" {WORD})? to down\b"
        rf"|\b(?:path|{PEER}|link|session|neighbou?r)(?: {WORD}){{0,3}} (?:was |is |has been "
        r"|been )?declared (?:as )?(?:down|dead|lost|unreachable|failed)\b"
        rf"|\bdeclar(?:ed|ing)(?: {WORD}){{1,3}} (?:as )?(?:down|dead|lost|unreachable)\b",
        "a state that was reported: is now in state DOWN, path declared down",
    ),
    Rule(
        "none-of-them",
        ("none of ",),
        rf"\bnone of(?: {WORD}){{1,4}} (?:(?:could|can) be (?:reached|contacted)|(?:is|are|was"
        r"|were) (?:reachable|available|responding|alive|up|connected)"
        r"|(?:answered|responded|replied))\b",
        "no peer of a list is there: none of the specified endpoints were reachable",
    ),
    Rule(
        "member-lost",
        (" dead", " lost"),
        r"\b(?:member|peer|neighbou?r|replica|partner|sibling) (?:is |was )?(?:dead|lost)\b"
        rf"|\b(?:node|member|peer|replica)(?: {WORD}){{1,2}} (?:state )?(?:is|was) "
        r"(?:now |considered )?lost\b",
        "one of a cluster that is lost: node db2 state is now lost",
    ),
    Rule(
        "silent-peer",
        (
            *("heartbeats", "heartbeat_check", "pingack", "no ack", "no echo", "echo-request"),
            *("expelled", "dpd "),
            *("no reply", "no response", "no answer"),
        ),
        r"\b(?:not|n't) (?:sent|received|seen)(?: (?:any|a)){0,2} heartbeats\b"
        r"|\bpingack did not arrive\b|\bheartbeat_check: no reply\b|\bbeing expelled\b"
        r"|\bdpd (?:check |probe )?(?:timed out|failed|timeout)\b"
        r"|\bno echo (?:response|reply|replies)\b|\bresponse to [0-9]{1,6} echo-requests\b"
        rf"|{UNANSWERED}",
        "a peer that gave no sign of life: no echo response from SGW after 3 retries",
    ),
    Rule(
        "negotiation-failed",
        ("negotiation",),
        r"\b(?:ike|ikev[12]|isakmp|ipsec|phase|tls|ssl|dtls|ppp|lcp)[^\n]{0,40} negotiation (?:is "
        r"|has |was )?failed\b",
        "a session that did not come about: IKE phase-1 negotiation is failed",
    ),
)
