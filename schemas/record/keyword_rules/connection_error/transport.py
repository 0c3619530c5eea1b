"""The transport of a connection: pipes, sockets, time-outs on the way, links, the network."""

from typing import Final

from schemas.record.keyword_rules.rule import TIME_OUT, WORD, Rule

_WAITED_FOR: Final = (
    "(?:server|host|node|peer|broker|upstream|backend|database|gateway|router|remote|printer"
    "|replica|target|master)s?"
)

TRANSPORT: tuple[Rule, ...] = (
    Rule("broken-pipe", ("broken pipe",), r"\bbroken pipe\b", "the reader went away"),
    Rule(
        "unexpected-end",
        (
            "reached end of",
            "end of file while",
            "unexpected eof",
            "eof detected",
            ": eof",
            "end-of-file",
            "end of stream",
            *("unexpected end", "premature e", "no headers, no data"),
            "empty reply",
            "empty response",
        ),
        r"\bunexpected eof (?:while reading|on client|from|on )|\beof detected\b"
        r"|\bunexpected end of (?:file|data|input|stream) (?:from|while reading from)\b"
        r"|\bpremature (?:eof|end[- ]of[- ](?:file|stream|chunk|content-length|message))\b"
        r"|\bno headers, no data\b"
        r"|\bend-of-file on communication\b|\bunexpected end of stream on\b"
        r"|\bempty (?:reply|response) from (?:the )?(?:server|upstream|peer)\b"
        r"|\b(?:get|head|post|put|patch|delete) [\"']?https?://[^ \n]{1,200}: (?:unexpected )?eof\b"
        r"|\brpc error[a-z ]{0,30}: eof\b"
        r"|\bend of file while reading (?:data|from)\b"
        r"|\bprematurely reached end of (?:stream|file)\b",
        "an answer that broke off: unexpected EOF while reading from upstream",
    ),
    Rule(
        "broke-off-talk",
        ("error read", "error writ", "failed to read", "failed to writ", "failed to send"),
        r"\b(?:error (?:reading|writing)|failed to (?:read|write|send))(?: [^ \n]{1,60}){0,4}"
        r" (?:from|to) (?:the )?(?:remote|upstream|peer|backend|socket|broker|server)\b",
        "the other side stopped in the middle: error reading from remote server",
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
            *("key negotiation", "connect_timeout", "syn timeout", "retransmit timeout"),
            "timed out - connect(",
            *(
                "master timeout",
                "for connection (",
                "tcp_check",
            ),
            "connecting",
            "i/o timeout",
            "handshak",
            "abnormal",
            *("closed with", "close code", "close status", "close reason"),
            "ping timeout",
            "heard from server",
            "server selec",
        ),
        r"\bwhile connecting to upstream\b"
        rf"|\b(?:timed[ -]?out|{TIME_OUT})\)? (?:(?:while|when|after|during|on|in|trying to) )?"
        r"connecting\b"
        rf"|_timeout while connecting\b|\b(?:dial|read|write) (?:tcp|udp|unix)[0-9]?"
        r"(?: [^ \n]{1,120}){1,2} i/o timeout\b"
        rf"|\b(?:{TIME_OUT}|timed[ -]?out) (?:during|in|while|on|at"
        rf"|before)(?: the)?(?: [a-z]{{2,12}}){{0,2}}"
        r" handshak(?:e|ing)\b"
        rf"|\bhandshake (?:with {WORD} )?(?:{TIME_OUT}|timed out|failed|failure|errors?)\b"
        r"|\b(?:connection|socket|websocket|channel|stream|session) (?:was |has been )?(?:closed"
        r"|ended"
        r"|terminated) abnormally\b|\babnormal closure\b"
        r"|\bhandshake(?: [^ \n]{1,60}){0,6} did(?: not|n't) complete\b"
        r"|\b(?:closed with(?: (?:status|code|reason)){1,2}|close (?:code|status|reason)(?: code)?)"
        r"[:=]? ?\(?1006\b"
        r"|\b(?:tls|ssl) key negotiation failed\b|\bping timeout\b|\bnot heard from server\b"
        r"|\bmaster timeout\b|\bwhile waiting for connection \(|\btcp_check\b[^\n]{1,80} failed\b"
        r"|\b(?:und_)?err_connect_timeout\b|\bsyn timeout\b|\btcp retransmit timeout\b"
        r"|\btimed out - connect\([0-9]?\)"
        rf"|\bserver selection (?:timed out|{TIME_OUT}|failed)\b",
        "the time ran out before a connection was there: dial tcp ...: i/o timeout",
    ),
    Rule(
        "not-responding",
        (
            "stopped answering",
            "stopped replying",
            *("not respond", "n't respond", "not responded", "missed heartbeat", "unresponsive"),
            *(
                "not answer",
                "n't answer",
                "not reply",
                "n't reply",
            ),
        ),
        rf"\b{_WAITED_FOR}(?: {WORD}){{0,2}}(?: (?:is|are|was|were|has|have))?(?: not|n't)"
        r" (?:respond(?:ed|ing)?|(?:answer|reply)(?:ing)?)\b|\bclients? not responding\b"
        rf"|\b{_WAITED_FOR}(?: {WORD}){{0,2}} (?:is|was|became|went) unresponsive\b"
        r"|\bmissed heartbeats? from\b"
        rf"|\b{_WAITED_FOR}(?: {WORD}){{0,2}} stopped (?:answering|replying)\b",
        "a peer that was waited for did not answer: nfs: server not responding",
    ),
    Rule(
        "link",
        ("link", "tunnel", "vpn", "carrier"),
        r"\b(?:tunnel|vpn)(?: [^ \n]{1,60})? (?:is|was|has|went|has gone|has been) "
        r"(?:down|lost|dropped|torn down)\b|\bcarrier lost\b|\blost carrier\b"
        r"|\blink status(?: [a-z]{1,12})? down\b"
        r"|\blink(?: (?:is|was|has|been|went|appears|seems|to be"
        r"|to [^ \n]{1,80}(?: [^ \n]{1,30})?)){0,3} (?:severed|down|lost|dropped|disconnected)\b"
        r"|\bcommunications? link failure\b",
        "the line under the connection: link severed, link is down",
    ),
    Rule(
        "port-down",
        ("linkdown", "link_down", "link down", "interface", "uplink", "downlink", "flapp"),
        r"(?:\b|_)link_?down\b|\b(?:port|interface)(?: [^ \n]{1,40}){1,2} link down\b"
        r"|\binterface [^ \n]{1,60} (?:is |went |has gone |goes )?down\b"
        r"|\blink (?:is )?flapp(?:ed|ing)\b"
        r"|\b(?:up|down)link(?: [^ \n]{1,30})? (?:is |was |has |went |has been )?(?:down|lost"
        r"|severed)\b",
        "the same by the port it is on: interface Gi0/1 is down, SNMP_TRAP_LINK_DOWN",
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
            *(
                "comm fail",
                "comm_fail",
                "comm lost",
                "comm_lost",
            ),
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
        r"|\bcomm[ _](?:fail(?:ed|ure)|lost)\b"
        r"|\bconn (?:error|fail(?:ed|ure)|crashed|lost|reset|refused)\b|[+][so]down\b",
        "the network between both: network error, network partition",
    ),
)
