"""Peers that went, are down, or cannot be reached."""

from schemas.record.keyword_rules.rule import PEER, WORD, Rule

PEERS: tuple[Rule, ...] = (
    Rule(
        "disconnected",
        ("disconnected", "disassociated", "disconnecting", "timedout replica", "timed-out replica"),
        r"\bdisconnected from (?:the )?(?:server|broker|master|leader|primary|upstream|database"
        r"|redis|host|cluster|node|peer|remote|gateway|hub|bus|queue)\b"
        r"|\b(?:broker|node|coordinator|server|peer|replica|master|leader|member|controller"
        r"|executor"
        rf"|socket|upstream|backend|slave|primary)s?(?: {WORD}){{0,6}} disconnected\b"
        r"|\bdisconnected (?:before|due to|because|\(after)|\breason: disconnected\b"
        r"|\bdisconnecting (?:from )?(?:timed-?out )?(?:broker|node|coordinator|server|peer"
        r"|replica|master|leader"
        rf"|slave|upstream|backend)s?(?: {WORD}){{0,6}} (?:due to|because|after)\b"
        r"|\btimed-?out replica\b"
        rf"|\b(?:not responded(?: {WORD}){{0,6}}), disconnecting\b"
        r"|\bremote(?: [a-z]{1,12}){0,2} disassociated\b"
        r"|\[disassociated\]",
        "brokers and other servers that went; clients come and go: Node 3 disconnected",
    ),
    Rule(
        "unreachable",
        ("inaccessible", "reachable", "be reached", "be contacted"),
        rf"\b{PEER}(?: [^ \n]{{1,80}}){{0,2}}(?: (?:is|was|are|were|became|been|now|still"
        r"|currently)){0,2} (?:unreachable|not reachable)\b"
        rf"|\bunreachable {PEER}\b|\b(?:is|are|was|became)(?: now| currently)? unreachable\b"
        r"|\b(?:could not|cannot|can not|can't|couldn't|can no longer) be (?:reached|contacted)\b"
        r"|\bno longer reachable\b|[a-z0-9_.-] unreachable[.!]?[ \t\r\n]*$|_unreachable\b"
        r"|[0-9]{1,3}[.][0-9]{1,3}(?::[0-9]{1,5})?(?: (?:is|was))? (?:unreachable|not reachable)\b"
        r"|\bunreachable! =>|\bnot reachable(?:[.,;:!]|[ \t\r\n]*$)|\binaccessible (?:host|server"
        r"|endpoint)\b",
        "a host, network, node, broker ... that does not answer; not unreachable code",
    ),
    Rule(
        "peer-down",
        (
            "node lost",
            "upstreams failed",
            "backends failed",
            "servers failed",
            "brokers failed",
            "endpoints failed",
            "replicas failed",
            "upstreams have",
            "backends have",
            "servers have",
            "brokers have",
            "endpoints have",
            "replicas have",
            "peer lost",
            "replica lost",
            "off the ne",
            "off the bus",
            "bus-off",
            *(" down", "neighbor down", "offline", "unplugged", " dead", " gone", "marking "),
            *("unavailable", "not available", "not be available", "no longer available"),
            *(
                "marked ",
                "became inactive",
                "dead parent",
                "dead peer",
                "dead sibling",
                "dead neighb",
            ),
            *("memberfailed", "from established", "time expired", "timer expired"),
            *(
                "stopped posting",
                "stopped reporting",
                "stopped sending",
                "network lost",
                "network is lost",
                "are bad",
            ),
        ),
        rf"\b{PEER}(?: {WORD}){{0,2}} (?:is|are|was|were|went|appears|seems|has gone|gone)"
        r"(?: (?:now|still|currently|temporarily|marked|marked as)){0,2}"
        r" (?:down|offline|dead|unavailable|gone|not available)\b(?:[^ ]| (?:[^ft]|$)|$)"
        rf"|\b(?:node|neighbou?r|nbr|peer|host|broker|replica)(?: {WORD}){{1,2}} down\b"
        r"|\b(?:source|server|host|node|peer|broker|replica|backend)"
        r" [^ \n]{1,60} (?:went |now )?offline\b"
        r"|\bneighbor down\b|\bchanged(?: [a-z]{1,12}){0,2} state to down\b|\bmarked (?:as )?"
        r"(?:down|dead|offline|unreachable|unavailable)\b|\bcable (?:is |was )?unplugged\b"
        rf"|\bmark(?:ed|ing) {PEER}(?: {WORD})? (?:as )?(?:down|dead|offline|failed|unavailable)\b"
        rf"|\b{PEER} may not be available\b|\b(?:coordinator|broker|master|leader|server|host"
        rf"|peer|backend|upstream"
        r"|gateway|database) unavailable\b"
        r"|\b(?:detected|found|declared|declaring|considered|considering|assumed|assuming"
        r"|presumed|presuming)"
        rf"(?: {WORD}){{0,2}} (?:to be |as )?dead\b|\b(?:detected )?dead (?:parent|peer|sibling"
        rf"|neighbou?r)\b"
        r"|\beventmemberfailed\b|\bfrom established to (?:idle|active"
        r"|connect|down)\b|\b(?:hold(?:ing)? time|dead timer|hold timer) expired\b"
        r"|\bstopped (?:posting|reporting|sending)(?: [a-z]{1,12})? (?:status|heartbeats?"
        r"|updates)\b"
        r"|\bnetwork (?:is )?(?:unavailable|not available|offline|lost)\b|\bdevice offline\b"
        r"|\ball datanodes [^\n]{1,120} are bad\b"
        r"|\bnetwork name is no longer available\b|\bpeer [^ \n]{1,60} became inactive\b"
        r"|\bremote (?:host|server|peer|site)(?: [^ \n]{1,60}){0,3} (?:is )?not available\b"
        r"|\b(?:transport|path|circuit|trunk|session|channel|route|line)(?: (?:to"
        r"|with) [^ \n]{1,60})? (?:(?:is|went|goes|has gone|reported) )?down(?:[.,;:!]|[ \t\r\n]*$)"
        r"|\b(?:node|peer|replica) lost\b|\b(?:fell|dropped|gone"
        r"|went) off the (?:network|net|bus)\b|\bbus-off\b"
        r"|\ball (?:upstreams|backends|servers|brokers|endpoints|replicas) (?:have )?failed\b",
        "a peer that is known to be down: Host is down, broker may not be available",
    ),
    Rule(
        "none-available",
        (
            "no peer",
            "no replica",
            "no member",
            *(
                "no known",
                "no free",
                "no idle",
                "no more",
                "no primary",
                "no master",
                "no leader",
                "servers available",
                "servers currently",
            ),
            *("no living", "hosts tried", "host(s) tried", "no valid dns"),
            *("no live", "no healthy", "no reachable", "no available", "no alive", "no resolvable"),
            *(
                "no server",
                "no upstream",
                "no backend",
                "no broker",
                "no host",
                "no node",
                "nobroker",
            ),
            *(
                "no active",
                "no online",
                "no listener",
                "not discovered",
                "no acks",
                "no carrier",
                "no dhcpoffers",
            ),
        ),
        r"\bno living connections?\b|\ball host(?:s|\(s\)) tried\b|\bno valid dns answer\b"
        r"|\bno (?:free|available|idle|more) (?:database |db |pooled )?connections? (?:in"
        r"|available|left|for|to)\b"
        r"|\bno (?:known )?(?:primary|master|leader)(?: node)?(?: detected| found| elected|,)"
        r"|\bno [a-z]{1,12} servers (?:currently )?available\b"
        r"|\bno live [a-z]{1,30} available\b"
        r"|\bno (?:(?:live|healthy|reachable|available|alive|active|online|resolvable) ){1,2}"
        r"(?:upstream|server|host|node|broker|backend|peer|endpoint|source|replica|member"
        r"|bootstrap url)s?\b"
        r"|\bno (?:server|upstream|backend|broker|host|node)s?(?: is| are)?"
        r" (?:available|reachable|alive|healthy)\b|\b(?:tns:)?no listener\b|nobrokersavailable"
        r"|\bmaster not discovered\b|\bno acks received\b|\bno carrier\b"
        r"|\bno dhcpoffers received\b"
        r"|\bno (?:peer|replica|member)s?(?: is| are)? (?:available|reachable|alive)\b",
        "no peer is there: no live upstreams, no listener",
    ),
    Rule(
        "status-unavailable",
        ("unavailable",),
        r"\bUNAVAILABLE: |\bcode = Unavailable\b|\bStatusCode[.]UNAVAILABLE\b"
        r"|\bServiceUnavailable: |\bRPC server is unavailable\b",
        "gRPC's code for a peer that cannot be reached; HTTP's 503 is none",
        "cased",
    ),
    Rule(
        "no-route",
        ("no route to",),
        r"\bno route to (?:(?:the )?host\b|[a-z0-9.-]{1,60}[ \t\r\n]*$)",
        "the network's own words",
    ),
)
