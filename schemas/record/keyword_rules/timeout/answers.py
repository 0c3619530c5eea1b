"""What did not come in time: answers, signs of life, a watchdog's feeding."""

from schemas.record.keyword_rules.rule import CANNOT, PERIOD, TIME_OUT, WORD, Rule

ANSWERS: tuple[Rule, ...] = (
    Rule(
        "no-answer",
        (
            "stopped answering",
            "stopped replying",
            *(
                "n't exit",
                "n't arriv",
                "n't terminat",
                "n't deliver",
            ),
            *("properly respond", "unresponsive", "anr in "),
            *(
                "not respond",
                "n't respond",
                "no response",
                "no reply",
                "no answer",
                "heard from",
                "not report",
            ),
            *("not report", "n't report", "not repli", "n't repli"),
            *(
                "stopped responding",
                "not answer",
                "not reply",
                "not complet",
                "not finish",
            ),
            *("not become", "n't become", "not start", "n't start", "not stop", "n't stop"),
            *("not appear", "n't appear", "not come", "n't come"),
            *("not return", "not arriv", "not receiv", "not exit", "not terminat", "not deliver"),
            *("n't answer", "n't reply", "n't complet", "n't finish", "n't return", "n't receiv"),
        ),
        r"\b(?:did|does|has)(?: not|n't) (?:answer|reply"
        r"|complete|finish"
        r"|return|arrive|receive|exit|terminate|deliver|become|start|stop|appear|come)(?:d|ed)?"
        r"(?: [^ \n]{1,60}){0,8} (?:within|after|in) (?:the |a )?(?:timely|time|[0-9])"
        r"|\b(?:is|are|was|were|has|have|had|does|did)(?: not|n't)"
        r" (?:respond(?:ed|ing)?|(?:answer|reply)(?:ing)?)\b"
        r"|(?:not|n't) properly respond\b|\b(?:is|are|was|became|become|went|now) unresponsive\b"
        r"|\banr in [a-z]"
        rf"|[a-z0-9\])'\"] not responding\b|\bstopped (?:responding|answering|replying)\b"
        rf"|\bno (?:response|reply|answer)(?: {WORD}){{0,6}} (?:within|after|for|since|in) \(?[0-9]"
        r"|\bno (?:response|reply|answer) from [^ \n]{1,80}(?: [^ \n]{1,40})? since\b"
        r"|\b(?:not|n't|nothing) heard from\b"
        r"|\b(?:has|have|had)(?: not|n't) (?:answered|replied|responded|reported) (?:for|since|in"
        r"|within)"
        r" [0-9]",
        "somebody who was waited for did not answer: server not responding, no response within 3 s",
    ),
    Rule(
        "heartbeat",
        ("heartbeat", "beacon", "keepalive", "keep-alive"),
        r"\bmiss(?:ed|ing)(?: [a-z0-9]{1,12}){0,2} (?:heartbeats?|keep-?alives?)\b"
        r"|\b(?:heartbeats?|keep-?alives?) (?:was |were |has been |have been )?"
        r"(?:missed|missing|lost)\b"
        r"|\blost (?:the |a )?(?:heartbeats?|keep-?alives?)\b"
        r"|\bno (?:heartbeats?|beacons?|keep-?alives?)(?: (?:received|seen|from))?\b",
        "signs of life that did not come",
    ),
    Rule(
        "not-within",
        (
            "allotted time",
            "configured time",
            "allowed time",
            "given time",
            "expected time",
            "required time",
            "permitted time",
            "specified time",
            *(" within ",),
            *(
                "no acknow",
                "no data received",
                "no progress",
                "no output",
                "no pong",
                "no signs of",
                "no sign of",
                "no result",
                "no keepalive",
                "no keep-alive",
                "no packet",
                "no traffic",
            ),
        ),
        rf"\b(?:did|does|do|has|have|had|was|were|could|can)(?: not"
        rf"|n't) [a-z]{{3,15}}(?: {WORD}){{0,8}}"
        rf" within (?:{PERIOD}\b|(?:the |its |an? )(?:[a-z-]{{2,15}} ){{0,2}}(?:time|timeout"
        rf"|period|limit"
        r"|window|deadline|interval|duration|timeframe)\b)"
        rf"|{CANNOT}(?: {WORD}){{1,8}} within (?:{PERIOD}\b|(?:the |its "
        rf"|an? )(?:[a-z-]{{2,15}} ){{0,2}}"
        r"(?:time|timeout|period|limit|window|deadline|interval|duration|timeframe)\b)"
        r"|\bno (?:acknowledge?ments?|data received|progress|output|pong|signs? of life|result"
        r"|keep-?alive"
        rf"|packets?|traffic)(?: {WORD}){{0,5}} (?:within|for|since|in|after) (?:the last "
        rf"|more than )?{PERIOD}\b"
        rf"|\bno acks?(?: received)? within {PERIOD}\b|(?:\b(?:not|failed)"
        rf"|n\'t)(?: {WORD}){{0,8}} in (?:the |its )?(?:allotted|configured|allowed|given"
        rf"|expected|required|permitted|specified) time\b"
        rf"|\bnot [a-z]{{3,15}}ed within {PERIOD}\b",
        "what should have happened by then: did not observe any item within 1000ms",
    ),
    Rule(
        "not-within-time-out",
        ("timeout", "time-out"),
        rf"(?:\b(?:not|never|no|fail(?:ed|s|ure)? to|unable to)|n't)(?: {WORD}){{1,8}} (?:within"
        rf"|before|during)"
        rf" (?:the |its |an? )(?:[a-z-]{{2,15}} ){{0,2}}{TIME_OUT}\b",
        "the same with a time-out that is a setting: did not complete within the timeout",
        "whole",
    ),
    Rule(
        "watchdog",
        ("watchdog", "cpuhog"),
        r"\bwatchdog(?: timer)? (?:has )?(?:expired|fired|triggered|barked|bite|bit|reset"
        r"|transgression"
        r"|violation|violated|expiration)\b|\bcpuhog\b",
        "a watchdog that was not fed in time: watchdog fired, CPUHOG",
    ),
    Rule(
        "lockup",
        ("lockup", "blocked for more", "stall", "hung_task", "hung task"),
        r"\b(?:soft|hard|workqueue) lockup\b|\bblocked for more than [0-9]{1,9} ?s"
        r"|\bhung[ _]task\b|\brcu[a-z_]{0,12}:? (?:info: )?(?:[a-z_]{1,20} )?(?:self-)?detected"
        r" (?:expedited )?stalls?\b",
        "a kernel's watchdog struck: lockup, hung task, RCU stall",
    ),
    Rule(
        "time-out-locale",
        (
            "temps d'attente",
            "berschreitung",
            "abgelaufen",
            "expiration du d",
            "tiempo de espera",
            "tempo esgotado",
            "lai d'attente",
            "zeitlimit",
            "tempo limite",
            "tempo scaduto",
            "agot? el tiempo",
        ),
        r"\bzeit(?:\?|ue)berschreitung\b|\bwartezeit [a-z? ]{0,40}abgelaufen\b"
        r"|\bexpiration du d(?:\?|e)lai\b|\btiempo de espera [a-z? ]{0,30}(?:agotado|excedido)\b"
        r"|\btempo esgotado\b|\bd(?:\?|e)lai d'attente (?:[a-z?]{1,20} ){0,3}(?:d(?:\?|e)pass"
        r"|expir)"
        r"|\bzeitlimit [a-z? ]{0,30}(?:(?:\?|ue)berschritten|erreicht|abgelaufen)\b"
        r"|\btempo scaduto\b"
        r"|\btempo limite [a-z? ]{0,30}(?:excedido|esgotado|atingido)\b|\bagot\? el tiempo\b"
        r"|\btemps d\'attente [a-z?]{0,20} ?(?:d(?:\?|e)pass|expir|(?:\?|e)coul)"
        r"|\bsuperado el tiempo de espera\b",
        "the system's own words in German, French, Spanish, Portuguese",
    ),
)
