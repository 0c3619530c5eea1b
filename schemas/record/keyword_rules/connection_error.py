"""The rules of `Flags.has_connection_error`."""

from typing import Final

from schemas.record.keyword_rules.rule import CANNOT, LOST, PEER, TIME_OUT, WORD, Rule

_ADVERB: Final = "prematurely|unexpectedly|abruptly|forcibly|suddenly"
_CLOSED: Final = "closed|terminated|dropped|disconnected|ended|hung up|broken"
_SIDE: Final = (
    "(?:upstream|server|peer|broker|backend|database"
    "|remote(?: (?:host|end|side|peer|server|party))?|other (?:end|side)|far end|foreign host)"
)
_ENDED: Final = "dropped|killed|terminated|aborted"
_CUT: Final = "connection|socket|session|handshake"
_WHAT: Final = (
    "the|its|our|this|tcp|tls|ssl|network|websocket|connection|socket|session|stream|channel"
    "|handshake"
)
_WAITED_FOR: Final = (
    "(?:server|host|node|peer|broker|upstream|backend|database|gateway|router|remote|printer"
    "|replica|target|master)s?"
)
_CHANNEL: Final = (
    f"(?:{_SIDE}|client|connection|socket|stream|channel|session|transport|link|tunnel|handshake)"
)

CONNECTION_ERROR: tuple[Rule, ...] = (
    Rule(
        "connection-lost",
        ("connect",),
        rf"\bconnect(?:ion)?s?(?:\(\))?"
        rf"(?: (?:to|with|for|from):? [^ \n]{{1,120}}(?: {WORD}){{0,4}})?"
        r"(?: (?:is|was|were|are|has|have|had|been|got|being|attempts?|request|suddenly|forcibly"
        rf"|unexpectedly)){{0,4}}(?: |: |, | - )(?:{LOST}|abort|fails|failures?|errors?|rejected"
        r"|broke|died|problems?|interrupted|e?timed[ -]?out|timing out|time[ -]?out|unexpectedly"
        r"|closed unexpectedly|closed prematurely|(?:unexpectedly )?(?:closed|terminated) by"
        r" (?:the |its )?(?:peer|(?:remote|foreign) (?:host|peer|side|end)))\b"
        rf"|\bconnection-(?:{LOST})\b",
        "what befell a connection: connection to db:5432 was refused",
    ),
    Rule(
        "connection-gone",
        ("connect",),
        r"\bconnect(?:ion)?s?(?: (?:to|with|for) [^ \n]{1,120}(?: [^ \n]{1,60}){0,3})?"
        r" (?:(?:could not|cannot|can not|can't|couldn't) be (?:established|opened|made|created"
        r"|reached)|(?:is|was|seems|appears)(?: to be)?(?: now| already)? (?:offline|dead"
        r"|broken|down|stale|gone"
        r"|defunct|not available|unavailable|not open|closed)"
        r"|has been (?:closed|terminated|killed|shut ?down)|terminated during|already closed"
        r"|closed before"
        r"|was disconnected|(?:was |has been )?(?:killed|closed|terminated|dropped|reset|cancelled)"
        rf" by (?:the )?{_SIDE})\b",
        "a connection that is not, or no longer there: this connection has been closed",
    ),
    Rule(
        "closed-in-use",
        (
            *(": connection closed", ": connection is closed", ": connection was closed"),
            *(
                "terminating connection",
                "use of closed",
                "force closed",
                "force-closed",
                ": closed connection",
            ),
        ),
        r"(?:fail|error|cannot|unable)[^:\n]{0,80}: connection (?:is |was )?closed\b"
        r"|\bterminating connection (?:due to (?:admin|crash|unexpected)|because of)"
        r"|\buse of closed(?: network)? connection\b|\bforce[ -]closed\b|: closed connection\b",
        "somebody still needed it: failed to send request: connection closed",
    ),
    Rule(
        "lost-connection",
        ("connect", "lost co", "lost executor", "lost leader", "lost peer", "lost node"),
        rf"\b(?:{LOST.replace('reset|', '')}|losing|lose)(?: (?:the|an?|all|its|our|server|client"
        r"|database|network|tcp|tls|ssl|http|remote|upstream|initial|previous)){0,3}"
        r" connect(?:ions?)?\b|\breset (?:the )?connection by\b|\bdisconnected unexpectedly\b"
        r"|\b(?:lost|losing|lose)(?: [a-z0-9()/_-]{1,30}){0,4} connect(?:ions?|ivity)\b"
        r"|\blost (?:contact|communication) (?:with|to)\b|\bloss of connectivity\b"
        r"|\blost (?:executor|leader|peer|node) [0-9a-z]"
        r"|\b(?:bad|stale|defunct|dead)(?: client| server| network)? connections?\b",
        "the same, the other way round: lost the connection",
    ),
    Rule(
        "closed-by-other-side",
        (
            *("prematurely", "unexpectedly", "abruptly", "forcibly", "suddenly", "hung up"),
            *(
                "socket closed",
                "socket is closed",
                "socket was closed",
                "socket has been",
                "socket is shut",
                "transport is closing",
                "closed before the",
            ),
            *("likely client", "closing socket connection and"),
            *(f"closed {what}" for what in _WHAT.split("|")),
            *(
                f"{ended} {what}"
                for ended in _ENDED.split("|")
                for what in ("the", *_CUT.split("|"))
            ),
        ),
        r"\bhung up\b"
        rf"|\b{_CHANNEL}(?: {WORD}){{0,2}} (?:{_ADVERB})(?: been)? (?:{_CLOSED})\b"
        rf"|\b{_CHANNEL}(?: {WORD}){{0,2}} (?:{_CLOSED}) (?:{_ADVERB})\b"
        rf"|\b{_SIDE}(?: [0-9][^ \n]{{1,60}})?(?: has| have| had)? (?:closed(?: (?:{_WHAT})){{1,3}}"
        rf"|(?:{_ENDED}) (?:the )?(?:{_CUT}))\b"
        r"|\blikely client has closed socket\b"
        r"|\bclosing socket connection and attempting reconnect\b"
        r"|\b(?:remote|other|far)(?: end| side)? hung up\b|\bclosed before the connection\b"
        r"|\bsocket (?:(?:is|was|has been) )?closed\b|\bsocket (?:is|has been) shut down\b"
        r"|\btransport is closing\b",
        "the other side went: upstream prematurely closed connection",
    ),
    Rule(
        "reset-by-peer",
        (
            "by peer",
            "by the peer",
            "by remote",
            "by the remote",
            "by host",
            "by the host",
            "reset by",
        ),
        r"\b(?:reset|closed|refused|dropped|aborted) by (?:the )?(?:remote )?(?:peer|host)\b"
        r"|\b(?:stream|channel|session|handshake|request) (?:was |has been )?reset by (?:the )?"
        r"(?:upstream|server|remote|backend|broker|proxy|other side)\b"
        r"|\bconnection reset by [0-9a-f]",
        "recv: reset by peer",
    ),
    Rule(
        "gone-away",
        ("gone away", "went away"),
        r"\b(?:gone|went) away\b",
        "MySQL's words for a server that closed the connection",
    ),
    Rule(
        "cannot-connect",
        ("connect",),
        rf"(?:{CANNOT}|\bretry(?:ing)?|\berrors?)(?: (?:to|in|on|while|when|trying|again|all))"
        r"{0,3} (?:re)?connect(?:ing|ions?)?\b"
        rf"|(?:{CANNOT}|\berrors?)(?: (?:to|occurred|has|while|when|in)){{0,3}}"
        r" (?:establish|open|mak|creat|obtain|gett?|acquir|initiat|set up|validat|refresh)"
        r"(?:e|ing)?(?: (?:the|an?|any|new|jdbc|jms|database|db|network|tcp|tls|ssl|http|secure"
        r"|client|initial)){0,4} connections?\b|\bkeep trying to (?:re)?connect\b"
        r"|\breconnecting\b|\b(?:attempt(?:ing)?|trying|will|scheduled?)(?: to)? reconnect\b",
        "failed, unable, cannot, retrying to connect, reconnecting",
    ),
    Rule(
        "cannot-reach",
        (
            *("control stream",),
            "reach",
            "contact",
            "dial",
            "channel to",
            "open socket",
            "failed to fetch",
            "failed to send",
        ),
        rf"{CANNOT}(?: to)? (?:reach|contact) (?:the |an? |any |our |remote |all |other )?"
        rf"(?:[a-z]{{3,15}} )?(?:{PEER}|quorum|kdc|ldap|[^ \n]{{1,80}}(?::[0-9]{{1,5}}"
        rf"|[0-9][.][0-9]{{1,3}}"
        r"|[.][a-z]{2,10}))\b"
        rf"|{CANNOT}(?: to)? contact [a-z0-9\"']|{CANNOT}(?: to)? dial\b"
        r"|\bdial (?:tcp|udp|unix|ip)[46]?(?: [^ \n]{1,150})?: [a-z]"
        r"|\b(?:while|error|err) dialing\b"
        rf"|{CANNOT}(?: to)? open (?:socket|channel to)\b|\bon control stream\b"
        r"|\btypeerror: failed to fetch\b",
        "failed, unable, cannot to reach, contact, dial",
    ),
    Rule(
        "no-connection",
        ("connect",),
        r"\bno connection could be\b|\bno (?:active |live |open )?connection to\b"
        r"|\bnot connected to\b|\bno backend connection\b|\bno (?:network )?connectivity\b"
        r"|\b(?:endpoint|socket|node|server|session|broker|channel|peer|transport|database|master)"
        r" (?:is |was )?not connected\b|\bcheck (?:your |the )?network connectivity\b",
        "there is none where there should be one: transport endpoint is not connected",
    ),
    Rule(
        "disconnected",
        ("disconnected", "disassociated"),
        r"\bdisconnected from (?:the )?(?:server|broker|master|leader|primary|upstream|database"
        r"|redis|host|cluster|node|peer|remote|gateway|hub|bus|queue)\b"
        r"|\b(?:broker|node|coordinator|server|peer|replica|master|leader|member|controller"
        r"|executor"
        rf"|socket|upstream|backend|slave|primary)s?(?: {WORD}){{0,6}} disconnected\b"
        r"|\bdisconnected (?:before|due to|because|\(after)"
        r"|\bremote(?: [a-z]{1,12}){0,2} disassociated\b"
        r"|\[disassociated\]",
        "brokers and other servers that went; clients come and go: Node 3 disconnected",
    ),
    Rule(
        "unreachable",
        ("reachable",),
        rf"\b{PEER}(?: [^ \n]{{1,80}}){{0,2}}(?: (?:is|was|are|were|became|been|now|still"
        r"|currently)){0,2} (?:unreachable|not reachable)\b"
        rf"|\bunreachable {PEER}\b|\b(?:is|are|was|became)(?: now| currently)? unreachable\b"
        r"|\bno longer reachable\b|[a-z0-9_.-] unreachable[.!]?[ \t\r\n]*$|_unreachable\b"
        r"|[0-9]{1,3}[.][0-9]{1,3}(?::[0-9]{1,5})?(?: (?:is|was))? (?:unreachable|not reachable)\b",
        "a host, network, node, broker ... that does not answer; not unreachable code",
    ),
    Rule(
        "peer-down",
        (
            *(" down", "neighbor down", "offline", "unplugged", " dead", " gone", "marking "),
            *("unavailable", "not available", "not be available", "no longer available"),
            *("marked ", "became inactive"),
        ),
        rf"\b{PEER}(?: {WORD}){{0,2}} (?:is|are|was|were|went|appears|seems|has gone|gone)"
        r"(?: (?:now|still|currently|temporarily|marked|marked as)){0,2}"
        r" (?:down|offline|dead|unavailable|gone|not available)\b(?:[^ ]| (?:[^ft]|$)|$)"
        rf"|\b(?:node|neighbou?r|nbr|peer|host|broker|replica)(?: {WORD}){{1,2}} down\b"
        r"|\bneighbor down\b|\bchanged(?: [a-z]{1,12}){0,2} state to down\b|\bmarked (?:as )?"
        r"(?:down|dead|offline|unreachable|unavailable)\b|\bcable (?:is |was )?unplugged\b"
        rf"|\bmark(?:ed|ing) {PEER}(?: {WORD})? (?:as )?(?:down|dead|offline|failed|unavailable)\b"
        rf"|\b{PEER} may not be available\b|\b(?:coordinator|broker|master|leader|server|host"
        rf"|peer|backend|upstream"
        r"|gateway|database) unavailable\b"
        r"|\bnetwork name is no longer available\b|\bpeer [^ \n]{1,60} became inactive\b",
        "a peer that is known to be down: Host is down, broker may not be available",
    ),
    Rule(
        "none-available",
        (
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
        r"\bno (?:free|available|idle|more) (?:database |db |pooled )?connections? (?:in"
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
        r"|\bno dhcpoffers received\b",
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
    Rule("broken-pipe", ("broken pipe",), r"\bbroken pipe\b", "the reader went away"),
    Rule(
        "unexpected-end",
        (
            "unexpected eof",
            "eof detected",
            ": eof",
            "end-of-file",
            "end of stream",
            "empty reply",
            "empty response",
        ),
        r"\bunexpected eof (?:while reading|on client|from|on )|\beof detected\b"
        r"|\bend-of-file on communication\b|\bunexpected end of stream on\b"
        r"|\bempty (?:reply|response) from (?:the )?(?:server|upstream|peer)\b"
        r"|\b(?:get|head|post|put|patch|delete) [\"']?https?://[^ \n]{1,200}: (?:unexpected )?eof\b"
        r"|\brpc error[a-z ]{0,30}: eof\b",
        "an answer that broke off: unexpected EOF while reading from upstream",
    ),
    Rule(
        "socket",
        ("socket", "transport-level", "i/o error on", "communication packets", "layer"),
        r"\b(?:web)?socket(?: (?:read|write|send|receive|connect|accept|i/o|io))?"
        r" (?:errors?|hang ?up|failure|closed unexpectedly)\b|\btransport-level error\b"
        r"|\bi/o error on (?:get|head|post|put|patch|delete) request\b|\besockettimedout\b"
        r"|\b(?:reading|writing) communication packets\b"
        rf"|\blayer4 (?:{TIME_OUT}|connection problem|unsuccessful)\b",
        "socket error, socket hang up, transport-level error",
    ),
    Rule(
        "connect-time-out",
        (
            *("key negotiation",),
            *(
                "master timeout",
                "for connection (",
                "tcp_check",
            ),
            "connecting",
            "i/o timeout",
            "handshake",
            "abnormal",
            "ping timeout",
            "heard from server",
            "server selec",
        ),
        r"\bwhile connecting to upstream\b"
        rf"|\b(?:timed[ -]?out|{TIME_OUT})\)? (?:(?:while|when|after|during|on|in|trying to) )?"
        r"connecting\b"
        rf"|_timeout while connecting\b|\b(?:dial|read|write) (?:tcp|udp|unix)[46]?"
        r"(?: [^ \n]{1,120}){1,2} i/o timeout\b"
        rf"|\bhandshake (?:with {WORD} )?(?:{TIME_OUT}|timed out|failed|failure|errors?)\b"
        r"|\b(?:connection|socket|websocket|channel|stream|session) (?:was |has been )?(?:closed"
        r"|ended"
        r"|terminated) abnormally\b|\babnormal closure\b"
        r"|\b(?:tls|ssl) key negotiation failed\b|\bping timeout\b|\bnot heard from server\b"
        r"|\bmaster timeout\b|\bwhile waiting for connection \(|\btcp_check\b[^\n]{1,80} failed\b"
        rf"|\bserver selection (?:timed out|{TIME_OUT}|failed)\b",
        "the time ran out before a connection was there: dial tcp ...: i/o timeout",
    ),
    Rule(
        "not-responding",
        ("not respond", "n't respond", "not responded", "missed heartbeat"),
        rf"\b{_WAITED_FOR}(?: {WORD}){{0,2}}(?: (?:is|are|was|were|has|have))?(?: not|n't)"
        r" respond(?:ed|ing)?\b|\bclients? not responding\b"
        r"|\bmissed heartbeats? from\b",
        "a peer that was waited for did not answer: nfs: server not responding",
    ),
    Rule(
        "link",
        ("link", "tunnel", "vpn", "carrier"),
        r"\b(?:tunnel|vpn)(?: [^ \n]{1,60})? (?:is|was|has|went|has gone|has been) "
        r"(?:down|lost|dropped|torn down)\b|\bcarrier lost\b|\blost carrier\b"
        r"|\blink status(?: [a-z]{1,12})? down\b"
        r"|\blink(?: (?:is|was|has|been|went"
        r"|to [^ \n]{1,80}(?: [^ \n]{1,30})?)){0,3} (?:severed|down|lost)\b"
        r"|\bcommunications? link failure\b",
        "the line under the connection: link severed, link is down",
    ),
    Rule(
        "network",
        (
            *(
                "communication",
                "network request",
                "upstream_reset",
                "connection_term",
                "abnormal cl",
            ),
            *(
                "unexpected disc",
                "broker transport",
                "broker connections",
                "leader not",
                "leader_not",
            ),
            *(
                "coordinator not",
                "coordinator_not",
                "disconnected by",
                "endpoint shut",
                "from stream",
            ),
            *("network error", "network fail", "network part", "networkfail", "partitioned"),
            *("network problem", "network outage", "network path", "connectivity", "any packets"),
            *("conn error", "conn fail", "conn crash", "conn lost", "conn reset", "conn refused"),
            *("+sdown", "+odown"),
        ),
        r"\bcommunications?(?: (?:with|to) [^ \n]{1,80}(?: [^ \n]{1,40}){0,2})? (?:lost|errors?"
        r"|failed|failure)\b"
        r"|\bcomplete network request\b|\bupstream_reset|\bconnection_termination\b"
        r"|\babnormal closure\b"
        r"|\bunexpected disconnect(?:ion)?\b|\bbroker transport failure\b"
        r"|\bbroker connections are down\b|\b(?:leader|coordinator)[_ ]not[_ ]available\b"
        r"|\bdisconnected by the server\b|\btransport endpoint shutdown\b"
        r"|\bwhile reading from stream\b"
        r"|\bnetwork (?:errors?|failures?|partition(?:ed)?|problems?|outage)\b|\bnetworkfailure\b"
        r"|partitioned[ _]network|\bnetwork path was not found\b|\bconnectivity (?:lost|failure"
        r"|problems?|issues?)\b|\bnot received any packets from the server\b"
        r"|\bconn (?:error|fail(?:ed|ure)|crashed|lost|reset|refused)\b|[+][so]down\b",
        "the network between both: network error, network partition",
    ),
    Rule(
        "errno",
        (
            *("network_exc",),
            "econn",
            "unreach",
            "epipe",
            "connection_",
            "ehostdown",
            "enetdown",
            "enetreset",
            "enotconn",
            "eaddrnotavail",
            "assign requested",
            "err_",
        ),
        r"\bnetwork_exception\b"
        r"|\b(?:wsa)?e(?:conn(?:refused|reset|aborted)|(?:host|net)unreach|pipe|(?:host|net)down"
        r"|netreset|notconn|addrnotavail)\b|\bcannot assign requested address\b"
        r"|connection_(?:refused|reset|aborted|failed|failure|lost|timed_out|error|closed)\b"
        r"|\berr_(?:internet_disconnected|network_changed|address_unreachable|empty_response"
        r"|tunnel_connection_failed|proxy_connection_failed|socket_not_connected|socket_closed"
        r"|network_io_suspended|name_not_resolved|name_resolution_failed|dns_[a-z_]{1,40})\b",
        "names of codes: ECONNREFUSED, EPIPE, ERR_CONNECTION_RESET, ERR_NAME_NOT_RESOLVED",
    ),
    Rule(
        "oracle-net",
        ("ora-",),
        r"\bora-(?:12[1-6][0-9]{2}|0311[34]|03135)\b",
        "Oracle's codes of its network layer: ORA-12541, ORA-03113",
    ),
    Rule(
        "name-resolution",
        (
            *("be found",),
            *(
                "no address assoc",
                "nxdomain",
                "server host",
                "dns_probe",
                "host unknown",
                "lookup fail",
            ),
            *("find host", "find the host", "dns fail", "dns error", "dns problem", "dns query"),
            *(
                "resol",
                "getaddrinfo",
                "such host",
                "unknown host",
                "service not known",
                "eai_again",
            ),
            *("host not found", "dns lookup", "misbehaving", "nodename nor", "name service error"),
            *("enotfound", "servfail", "domain name not"),
        ),
        r"\bnxdomain\b|\beservfail\b|\bhost name lookup fail"
        r"|\bdomain [^ \n]{1,80} could not be found\b"
        r"|\bno address associated with (?:host)?name\b|\bcan't find [^ \n]{1,80}: (?:nxdomain"
        r"|servfail)\b"
        r"|\bunknown [a-z]{1,20} server host\b|\bdns_probe_finished|\bname does not resolve\b"
        r"|\bhost unknown\b|\bhost(?:name)? lookup fail|\bcould not find (?:the )?host\b"
        r"|\bdns (?:failure|error|problem|query timed out)\b"
        r"|\b(?:failure in|failed|error in) (?:name|dns|host) resolution\b"
        r"|\b(?:name|dns|host) resolution (?:for [^ \n]{1,80} )?(?:[a-z ]{0,30} )?(?:has |was )?"
        r"(?:fail(?:ed|ure|s)|error|timed out)\b"
        r"|\bname or service not known\b|\b(?:no such|unknown) host\b|\bhost not found\b"
        r"|\bgetaddrinfo (?:failed|enotfound|eai_again)\b|\bdns lookup (?:fail|error|timed)"
        r"|\bserver misbehaving\b|\bnodename nor servname\b|\bname service error\b|\beai_again\b"
        r"|\benotfound\b|\bservfail\b|\bfailure resolving '|\bdomain name not found\b"
        r"|\bcould not be resolved(?: \(|: ')|\b(?:host|server|domain|remote)(?: ?name)?"
        r"(?: [^ \n]{1,80})? (?:could not|cannot|can't) be resolved\b"
        rf"|{CANNOT}(?: to)? resolve (?:the )?(?:bootstrap |remote )?(?:host|hostname"
        r"|name|dns|domain|address|server|broker|ip|nameserver|node|peer|endpoint|upstream)\b"
        rf"|{CANNOT}(?: to)? resolve ['\"]?[a-z0-9_-]{{1,60}}(?:(?:[.][a-z0-9_-]{{1,60}}){{1,6}}"
        r"(?::[0-9]{1,5})?)?['\"]?(?: \((?:host|dns|name|[0-9]{1,4}:)|: (?:host|dns|name|no such"
        r"|unknown|temporary)|[ \t\r\n]*$)",
        "a peer whose address is not found",
    ),
    Rule(
        "connection-class",
        ("connect",),
        r"connect(?:ion)?[a-z]{0,30}(?:exception|error)s?\b",
        "names of classes: ConnectException, ConnectionResetError",
    ),
    Rule(
        "network-class",
        (
            *(
                "brokenpipee",
                "noroutetohoste",
                "unknownhoste",
                "socketexc",
                "socketerr",
                "gaierror",
            ),
            *("networkexc", "networkerr", "nohostavailable", "serverselection", "clientaborte"),
            *(
                "hostunreachable",
                "remotedisconnected",
                "connectionbad",
                "connectionforced",
                "connection_forced",
                "opentimeout",
            ),
        ),
        r"(?:brokenpipe|noroutetohost|unknownhost|socket|network"
        r"|serverselection|clientabort)(?:exception|error)s?\b|\bgaierror\b|\bremotedisconnected\b"
        r"|\bnohostavailable\b|\bhostunreachable\b|\bconnectionbad\b|\bconnection_?forced\b"
        r"|\bnet::opentimeout\b",
        "names of classes: UnknownHostException, BrokenPipeError, NoHostAvailable",
    ),
    Rule(
        "connect-timeout",
        ("connecttimeout", "connectiontimeout"),
        r"\bConnect(?:ion)?Timeout\b",
        "a class that lacks an ending; connectTimeout is a setting",
        "cased",
    ),
    Rule(
        "connection-locale",
        (
            "verbindung",
            "connexion",
            "conexi",
            "conex",
            "connessione",
            "verbinding",
            "nicht erreichbar",
            "nicht bekannt",
        ),
        r"\bverbindung(?:en|s[a-z]{1,20})?(?: [a-z?]{1,30}){0,4}"
        r" (?:verweigert|abgelehnt|unterbrochen"
        r"|abgebrochen|abgelaufen|verloren|zur(?:\?|ue)ckgesetzt|fehlgeschlagen|getrennt)\b"
        r"|\bnetz(?:werk)? ist nicht erreichbar\b|\bdienst ist nicht bekannt\b"
        r"|\bconnexion (?:refus|r[?e]-?initialis|interrompue|perdue|termin[?e]e? par"
        r"|ferm[?e]e? par)"
        r"|\bconexi[?o]n (?:rehusad|rechazad|reinicializad|perdid|cerrada por|interrumpid)"
        r"|\bconex[?a]o (?:recusad|perdid|interrompid|fechada pel)"
        r"|\bconnessione (?:rifiutat|interrott|scadut|pers)|\bverbinding (?:is )?(?:geweigerd"
        r"|verbroken|verloren)\b",
        "the system's own words in German, French, Spanish, Portuguese, Italian, Dutch",
    ),
    Rule(
        "route-locale",
        ("keine route", "chemin d'acc", "ruta hasta", "rota para"),
        r"\bkeine route zum\b|\baucun chemin d'acc|\bninguna ruta hasta\b|\bnenhuma rota para\b",
        "no route to host in the same languages",
    ),
)
"""The rules of `Flags.has_connection_error`."""
