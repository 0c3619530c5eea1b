"""A connection that could not be made, or is not there."""

from schemas.record.keyword_rules.rule import CANNOT, PEER, Rule

ATTEMPTS: tuple[Rule, ...] = (
    Rule(
        "cannot-connect",
        (
            "connect",
            "up a secure",
        ),
        rf"(?:{CANNOT}|\bretry(?:ing)?|\berrors?)(?: (?:to|in|on|while|when|trying|again|all))"
        r"{0,3} (?:re)?connect(?:ing|ions?)?\b"
        rf"|(?:{CANNOT}|\berrors?)(?: (?:to|occurred|has|while|when|in)){{0,3}}"
        r" (?:establish|open|mak|creat|obtain|gett?|acquir|initiat|set up|validat|refresh)"
        r"(?:e|ing)?(?: (?:the|an?|any|new|jdbc|jms|database|db|network|tcp|tls|ssl|http|secure"
        r"|client|initial)){0,4} connections?\b|\bkeep trying to (?:re)?connect\b"
        r"|\b(?:not able|not possible|impossible) to (?:re)?connect\b"
        r"|\berror (?:occurred )?(?:using|on|with) the connection\b"
        r"|\bunable_?to_?connect\b|\b(?:cannot|failed)toconnect\b"
        r"|\bto set ?up a secure session with\b"
        r"|\breconnecting\b|\b(?:attempt(?:ing)?|trying|will|scheduled?)(?: to)? reconnect\b",
        "failed, unable, cannot, retrying to connect, reconnecting",
    ),
    Rule(
        "cannot-reach",
        (
            "a socket to",
            *(
                "control stream",
                "ping fail",
                "ping to",
                "ping of",
                "to ping",
                "ping unsucc",
                "ping lost",
            ),
            "reach",
            "contact",
            "dial",
            "channel to",
            "open socket",
            "failed to fetch",
            "connect call",
            "failed to send",
        ),
        rf"{CANNOT}(?: to)? (?:reach|contact) (?:the |an? |any |our |remote |all |other )?"
        rf"(?:[a-z]{{3,15}} )?(?:{PEER}|quorum|contact points?|kdc|ldap"
        rf"|[^ \n]{{1,80}}(?::[0-9]{{1,5}}"
        rf"|[0-9][.][0-9]{{1,3}}"
        r"|[.][a-z]{2,10}))\b"
        rf"|{CANNOT}(?: to)? contact ?:? ?[a-z0-9\"']|\b(?:failed|unable) to ping\b|\bping(?: (?:to"
        rf"|of) [^ \n]{{1,80}})? (?:failed"
        r"|unsuccessful|lost)\b"
        rf"|{CANNOT}(?: to)? dial\b"
        r"|\bdial (?:tcp|udp|unix|ip)[0-9]?(?: [^ \n]{1,150})?: [a-z]"
        r"|\b(?:while|error|err) dialing\b"
        rf"|{CANNOT}(?: to)? open (?:socket|channel to)\b|\bon control stream\b"
        r"|\btypeerror: failed to fetch\b|\bconnect call failed\b"
        rf"|{CANNOT}(?: to)? (?:get|obtain|create) a socket to\b",
        "failed, unable, cannot to reach, contact, dial",
    ),
    Rule(
        "no-connection",
        (
            "connect",
            "internet access",
            "network access",
            "data access",
            "fi access",
            "mobile access",
        ),
        r"\bno connections? (?:could be|(?:is|are|was|were)(?: currently)? (?:active|available"
        r"|open))\b|"
        r"\bno (?:internet|network|data|wi-?fi|mobile) (?:connection|connectivity|access)\b|"
        r"\bno (?:active |live |open )?connection to\b"
        r"|\bnot connected to\b|\bno backend connection\b|\bno (?:network )?connectivity\b"
        r"|\b(?:endpoint|socket|node|server|session|broker|channel|peer|transport|database|master)"
        r" (?:is |was )?not connected\b|\bcheck (?:your |the )?network connectivity\b",
        "there is none where there should be one: transport endpoint is not connected",
    ),
)
