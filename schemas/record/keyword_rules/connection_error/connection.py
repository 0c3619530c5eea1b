"""What befell a connection, where the message names the connection itself."""

from schemas.record.keyword_rules.rule import LOST, SIDE, WORD, Rule

CONNECTION: tuple[Rule, ...] = (
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
        rf"|\bconnection-(?:{LOST})\b|\bconnection [0-9]{{1,6}}:[0-9]{{1,6}} error\b",
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
        r"|(?:(?:was|is|has been|got) )?(?:closed|terminated|dropped|ended) (?:before|during|mid-)"
        r"|was disconnected|(?:was |has been )?(?:killed|closed|terminated|dropped|reset|cancelled)"
        rf" by (?:the )?{SIDE})\b"
        r"|\bconnect(?: to)? [0-9a-z][^ \n]{1,80}:[0-9]{1,5} failed\b"
        r"|\bconnection state(?: has)?(?: changed)?(?: to|:)? (?:failed|lost|disconnected)\b"
        r"|\bconnection was (?:non-|im)properly terminated\b|\b(?:trouble|problems?"
        r"|issues?)(?: (?:with|related|to|in|of|your|the|our)){1,4} (?:network "
        r"|internet )?connecti(?:on|vity)\b",
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
                "channel is closing",
            ),
        ),
        r"(?:fail|error|cannot|unable)[^:\n]{0,80}: connection (?:is |was )?closed\b"
        r"|\bterminating connection (?:due to (?:admin|crash|unexpected)|because of)"
        r"|\buse of closed(?: network)? connection\b|\bforce[ -]closed\b|: closed connection\b"
        r"|\bchannel is closing down\b",
        "somebody still needed it: failed to send request: connection closed",
    ),
    Rule(
        "lost-connection",
        (
            *("connect", "lost co", "lost executor", "lost leader", "lost peer", "lost node"),
            *(
                "lost the ",
                "losing the ",
                "lost touch",
                "lost sight",
                "lost link",
                "session lost",
                "session was",
                "session is",
                "session has",
            ),
            *(
                "association with",
                "association to",
                "keepalive fail",
                "keep-alive fail",
                "keepalive lost",
                "keep-alive lost",
            ),
        ),
        rf"\b(?:{LOST.replace('reset|', '')}|losing|lose)(?: (?:the|an?|all|its|our|server|client"
        r"|database|network|tcp|tls|ssl|http|remote|upstream|initial|previous)){0,3}"
        r" connect(?:ions?)?\b|\breset (?:the )?connection by\b|\bdisconnected unexpectedly\b"
        r"|\b(?:lost|losing|lose)(?: [a-z0-9()/_-]{1,30}){0,4} connect(?:ions?|ivity)\b"
        r"|\blost (?:contact|communication|touch|sight|link) (?:with|to|of) [^ \n]"
        r"|\bloss of connectivity\b"
        r"|\b(?:lost|losing) the (?:database|db|server|broker|peer|master|primary|leader|upstream"
        r"|backend|gateway|network|uplink)(?:$|[^a-z0-9_' -]|[ \t\r\n]*$)"
        r"|\blost (?:executor|leader|peer|node) [0-9a-z]|\bsession (?:(?:was|is|has been) )?lost\b"
        r"|\bassociation (?:with|to) [^\n]{1,120} (?:failed|lost|was lost|was aborted)\b"
        r"|\bkeep-?alive (?:failed|failure|lost)\b"
        r"|\b(?:bad|stale|defunct|dead)(?: client| server| network)? connections?\b",
        "the same, the other way round: lost the connection",
    ),
)
