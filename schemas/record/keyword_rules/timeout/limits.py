"""Limits of time by another name, and what took longer than that."""

from schemas.record.keyword_rules.rule import PERIOD, WORD, Rule

LIMITS: tuple[Rule, ...] = (
    Rule(
        "deadline",
        ("deadline", "execution expired"),
        r"deadline[ _]?(?:of [^ \n]{1,20} )?(?:(?:is|was|has|been|had) ){0,2}(?:exceeded|expired"
        r"|elapsed|reached|passed|missed|overrun|hit)\b"
        r"|\b(?:exceed(?:s|ed|ing)?|miss(?:ed|es|ing)?|past|beyond|over|overran|overshot)"
        rf" (?:the |its |a |an )?(?:{WORD} )?deadline\b|\bexecution expired\b",
        "gRPC, Go and Ruby: context deadline exceeded, DEADLINE_EXCEEDED, execution expired",
    ),
    Rule(
        "time-limit",
        (
            "run time",
            "max wait",
            "maximum wait",
            "max retry",
            "maximum retry",
            "too late",
            ", allowed",
            "time limit",
            "timelimit",
            "execution time",
            *("wait time", "waiting time", "running time", "retry time", "processing time"),
            "timer expired",
            "hold time",
            *("idle time", "connect time"),
            "holding time",
            "in time",
            *("duration", "maximum time", "max time", "allowed time", "runtime", "expired"),
            "overran",
            *(
                "allowance",
                "time budget",
                "time quota",
                "longer than",
                "grace period",
                "timer",
            ),
            *("(limit", "(allowed", "(max", "(deadline", "(budget"),
        ),
        r"\b(?:maximum|max)(?:[ -][a-z]{2,12}){0,2} duration(?: of [0-9][^ \n]{0,20}(?:"
        r" [a-z]{1,12})?)?"
        r"(?: (?:is|was|has|been)){0,2} (?:reached|exceeded|expired)\b"
        r"|\b(?:maximum|max)(?: (?:wait|waiting|running|retry"
        r"|processing))? time(?: of [0-9][^ \n]{0,20}(?: [a-z]{1,12})?)?"
        r"(?: (?:is|was|has|been)){0,2} (?:reached|exceeded|expired)\b"
        r"|\bexceed(?:s|ed|ing) (?:the |its |an? )?(?:maximum|max|allowed)"
        r" (?:(?:run|wait|waiting|running|retry|processing|idle|connect) )?(?:time|duration"
        r"|runtime)\b"
        r"|\blonger than (?:the |its )?(?:maximum|max|allowed|specified|configured|permitted"
        r"|expected)"
        r"(?: [a-z]{3,12})? (?:time|duration|deadline|timeout|period|runtime)\b"
        r"|\boverran (?:its|the) (?:slot|window|time|schedule)\b"
        r"|\b(?:lock|wait|call|request|query|transaction)(?: (?:to|of|for) [^ \n]{1,60})? "
        r"(?:has |was )?expired(?: (?:before|while|waiting)\b|[.!]?[ \t\r\n]*$)"
        r"|\b(?:exceed(?:s|ed|ing)?|reached|hit|over|past|beyond)(?: (?:the|its|a|an|max|maximum"
        r"|allowed|configured|hard|soft|cpu|wall)){0,4} (?:time limit|execution time)\b"
        r"|\b(?:ran|runs|running) into (?:its |the |an? )?time limit\b"
        r"|\bexceeded ?time ?limit\b|\bdue to time limit\b"
        r"|\b(?:time limit|execution time)(?: \(?of)?"
        r"(?: \(?[0-9]{1,9} ?[a-z]{0,12}\)?)?"
        r"(?: (?:is|was|has|been|of [0-9]{1,9} [a-z]{1,12})){0,3} (?:exceeded|expired|reached)\b"
        r"|\bexpired before (?:complet|finish|it |being )|\bbecause of an expired lease\b"
        r"|\b(?:hold(?:ing)? time|(?:dead|hold|wait|retry|response|reply|ack"
        r"|retransmission|retransmit|keep-?alive|guard|watchdog|supervision|reassembly)[ -]?timer)"
        r"(?: has| was)? expired\b"
        r"|\btime (?:allowance|budget|quota)(?: of [^ \n]{1,20})?(?: (?:is|was|has|been"
        r"|fully)){0,3}"
        r" (?:exceeded|exhausted|used up|spent)\b|\b(?:exhausted|exceeded"
        r"|used up)(?: [^ \n]{1,20}){1,6}"
        r" time (?:allowance|budget|quota)\b"
        r"|\bgrace period(?: of [^ \n]{1,20}(?: [a-z]{1,9})?)?(?: (?:has|was|is)){0,2} (?:expired"
        r"|exceeded|elapsed|over)\b"
        r"|\b(?:took|ran|needed|lasted) [0-9][^ \n]{0,15}(?: [a-z]{1,12})? ?"
        r"\((?:limit|allowed|maximum|max|deadline|budget)\b"
        r"|\b(?:did not|didn't|not|never) (?:finish(?:ed)?|completed?|respond(?:ed)?"
        r"|answer(?:ed)?|start(?:ed)?|stop(?:ped)?|arrived?) in time\b"
        r"|\b(?:reached|exceeded|hit|over)(?: the)? (?:maximum|max) (?:wait|waiting"
        r"|retry)(?: time)? of [0-9]"
        r"|\b(?:came|arrived|received|is|was) too late\b"
        r"|\btook [0-9][^ \n]{0,12}(?: [a-z]{1,12})?, allowed\b",
        "a limit of time by another name: time limit exceeded, maximum execution time",
    ),
    Rule(
        "took-too-long",
        (
            *(
                "too long",
                "hung on",
            ),
            *(
                "exceed",
                "been waiting",
                "been blocked",
                "up waiting",
                "gpu hang",
                "harakiri",
            ),
            "longer than",
            "passed since",
            "failed to",
            "tried for",
            *("gave up", "giving up"),
            "after waiting",
            *("killed after", "aborted after", "cancelled after", "canceled after"),
        ),
        r"\bfailed to(?: [^ \n]{1,60}){1,6} after (?:[0-9]{4,9} ?m(?:illi)?s(?:econds)?"
        r"|[0-9]{1,9} ?(?:s|secs?|seconds|m|min|minutes))\b"
        r"|\btried for [0-9]{1,9} ?(?:ms|s|secs?|seconds|m|min|minutes)\b"
        r"|\b(?:gave|giving) up(?: [^ \n]{1,60}){0,6} after (?:[0-9]{4,9} ?m(?:illi)?s(?:econds)?"
        r"|[0-9]{1,9} ?(?:s|secs?|seconds|m|min|minutes))\b"
        r"|\b(?:abandon|abort|cancell?|fail|kill|terminat|stopp|gave up|giving up|reject"
        r"|drop)[a-z]{0,4} after"
        r" waiting (?:for )?[0-9]"
        r"|\b(?:killed|aborted|cancell?ed) after (?:running |more than |only )?(?:for )?[0-9]{1,9}"
        r"(?:[.][0-9]{1,6})? ?(?:ms|s|secs?|seconds|m|min|minutes|h|hours)\b|\bfor too long\b"
        r"|\bhung on starting\b"
        r"|\b(?:poll|polling|wait|idle|response|heartbeat|renewal) (?:interval|period|window)"
        r" (?:was |has been |is )?exceeded\b"
        r"|\bexceed(?:s|ed|ing) [0-9]{1,9}(?:[.][0-9]{1,6})? ?(?:ms|s|sec|seconds|minutes|min"
        r"|hours)\b"
        r"|\bbeen waiting (?:for )?[0-9]|\bfor longer than [0-9]|\bbeen blocked for [0-9]"
        r"|\b(?:gave|giving) up waiting\b|\bgpu hang\b|\bharakiri\b"
        r"|\b(?:took|taking) too long\b|\b(?:took|taking|takes|waited|ran) longer than\b"
        r"|\bms has passed since\b|\bfailed to exit within\b|\bblocked for longer than\b"
        r"|\bmax_[a-z_]{2,30}_time exceeded\b",
        "longer than allowed, in plain words",
    ),
    Rule(
        "waited-too-long",
        (
            *(
                "too long",
                "for more than",
                "for over",
                "for longer than",
                "msecs, more than",
                "msec, more than",
            ),
            *(
                "stuck for",
                "silent for",
                "hung for",
                "quiet for",
                "stalled for",
                "hanging for",
                "unresponsive for",
            ),
            *(
                f"{how} {what}"
                for how in ("may be", "to be", "appears", "seems")
                for what in ("hung", "stuck", "stalled")
            ),
            *(
                "which is longer",
                "lasted >",
                "lasted longer",
                "lasted more",
                "lasted over",
                "ago; threshold",
            ),
            *("inactive for", "idle for too", "silent for too", "killed", "aborted", "abandoned"),
        ),
        r"\btakes too long\b|\b(?:waited|waiting|hung|blocked) too long\b"
        r"|\btoo long to (?:respond|answer"
        r"|reply|complete|start|finish|load|connect|stop|arrive|come)\b"
        r"|\b(?:blocked|waiting|waited|busy|stuck|inactive|silent|quiet|unresponsive|hung|pending"
        r"|stalled"
        r"|idle|running) for (?:more than|over|longer than)"
        r" ?(?:the (?:allowed|configured|maximum|max) )?\(?>?[0-9]"
        r"|\b(?:inactive|idle|silent) for too \("
        rf"|\b(?:stuck|silent|quiet|unresponsive|hung|stalled|hanging) for \[?{PERIOD}\b"
        r"|\bfor \([0-9]{1,9}\) ?msecs?, more than\b"
        r"|\brunning for [^ \n]{1,40} which is longer than\b|\blasted (?:>|longer than|more than"
        r"|over) ?[0-9]"
        r"|\bmay be (?:stuck|hung)\b|\b(?:appears|seems) (?:to be )?(?:stuck|hung|stalled)\b"
        r"|\bago; threshold is\b"
        rf"|\b(?:killed|aborted|abandoned)(?: {WORD}){{1,6}} after {PERIOD}\b",
        "nobody waits so long: inactive for more than 240000 ms, may be stuck",
    ),
)
