"""The other side of a connection went."""

from typing import Final

from schemas.record.keyword_rules.rule import SIDE, WORD, Rule

_ADVERB: Final = "prematurely|unexpectedly|abruptly|forcibly|suddenly"
_CLOSED: Final = "closed|terminated|dropped|disconnected|ended|hung up|broken"
_ENDED: Final = "dropped|killed|terminated|aborted"
_CUT: Final = "connection|socket|session|handshake"
_WHAT: Final = (
    "the|its|our|this|tcp|tls|ssl|network|websocket|connection|socket|session|stream|channel"
    "|handshake|transport"
)
_CHANNEL: Final = (
    f"(?:{SIDE}|client|connection|socket|stream|channel|session|transport|link|tunnel|handshake)"
)

OTHER_SIDE: tuple[Rule, ...] = (
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
                "refused to talk",
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
        rf"|\b{SIDE}(?: [0-9][^ \n]{{1,60}})?(?: has| have| had)? (?:closed(?: (?:{_WHAT})){{1,3}}"
        rf"|(?:{_ENDED}) (?:the )?(?:{_CUT}))\b"
        r"|\blikely client has closed socket\b"
        r"|\bclosing socket connection and attempting reconnect\b"
        r"|\b(?:remote|other|far)(?: end| side)? hung up\b|\bclosed before the connection\b"
        r"|\bsocket (?:(?:is|was|has been) )?closed\b|\bsocket (?:is|has been) shut down\b"
        r"|\btransport is closing\b|\brefused to talk\b",
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
        (
            *("gone away", "went away", "goaway", "modem hang"),
            *(" vanished", " disappeared", "dropped us", "cut us off", "hung up on us"),
        ),
        r"\b(?:gone|went) away\b|\b(?:sent|received|got) (?:a )?goaway\b|\bmodem hang-?up\b"
        rf"|\b{SIDE} (?:(?:has|had) )?(?:suddenly )?(?:vanished|disappeared|dropped us|cut us off"
        r"|hung up on us)\b"
        r"|\b(?:node|host|peer|member|replica|partner|server) (?:has "
        r"|had )?(?:suddenly )?(?:vanished|disappeared)\b",
        "MySQL's words for a server that closed the connection, and the same of any peer",
    ),
)
