"""Limits of time that were overrun, by words of schedulers, telephony and others."""

from schemas.record.keyword_rules.rule import PERIOD, WORD, Rule

OVERRUN: tuple[Rule, ...] = (
    Rule(
        "wall-time",
        (
            *(
                "walltime",
                "wall time",
                "wallclock",
                "wall clock",
                "wall-clock",
                "wall-time",
                "time limit",
            ),
            *("time allot", "time slice", "run time", "cpu time", "elapsed time"),
        ),
        r"\bwall[ -]?(?:clock|time)(?: time)?(?: limit)?(?: [^ \n]{1,20}){0,2} exceed(?:s|ed)\b"
        rf"|\b(?:exceed(?:s|ed|ing)?|reach(?:ed|ing)|hit|over)(?: {WORD}){{0,3}} (?:(?:run|cpu"
        r"|wall|elapsed|wall-?clock|execution) )?time (?:limits?|allotment|slice)\b"
        r"|\bexceed(?:s|ed|ing)(?: (?:the|its|a|an|maximum|max|allowed|requested)){0,3} "
        r"(?:wall[ -]?(?:clock|time)|(?:run|cpu|elapsed) time)\b",
        "what schedulers say of a job's time: walltime 3610 exceeded limit 3600",
    ),
    Rule(
        "timer-expired",
        ("expired", "timer elapsed", "timer fired", "timer ran out", "timer has ", "timer was "),
        r"\bt[0-9]{1,4}(?: timer)? (?:has |was )?expired\b"
        r"|\b(?:detect(?:ion)?|detection control|control detection|setup|response|reply|retry"
        r"|dead|hello|answer|ack|retransmission|inactivity detection) time (?:has "
        r"|was )?expired\b"
        r"|\b(?:hangcheck|watchdog|dead|hold|wait|retry|response|reply|ack|retransmission"
        r"|keep-?alive|guard|supervision) timer (?:has |was )?(?:elapsed|fired|ran out)\b",
        "a timer that nobody stopped in time: T7 expired, control detection time expired",
    ),
    Rule(
        "more-than-allowed",
        (
            *("more than the", "(should be", "(expected"),
            *(
                f"{no} {what}"
                for no in ("not", "n't")
                for what in ("exit", "stop", "terminat", "finish", "complet", "start", "respond")
            ),
            *(
                f"{no} {what}"
                for no in ("not", "n't")
                for what in ("answer", "quit", "die", "shut")
            ),
        ),
        r"\b(?:is|was|are|were) more than the (?:configured|allowed|maximum|max|permitted"
        r"|expected|specified) (?:time|duration|period|limit)\b"
        rf"|\b(?:took|ran|needed|lasted) {PERIOD} ?\((?:should be|expected)\b"
        rf"|\b(?:did not|didn't) (?:exit|stop|terminate|finish|complete|start|respond|answer"
        rf"|quit|die|shut down) {PERIOD} after\b",
        "longer than it should be: took 60.00 seconds (should be max 0.05)",
    ),
    Rule(
        "limit-locale",
        ("tiempo m", "temps maximal", "tempo m", "maximale zeit", "maximale dauer"),
        r"\bsuper(?:\?|o) el tiempo m(?:\?|a)ximo\b|\btiempo m(?:\?|a)ximo [a-z ]{0,30}(?:superado"
        r"|excedido|agotado)\b|\btemps maximal [a-z? ]{0,30}d(?:\?|e)pass"
        r"|\btempo m(?:\?|a)ximo [a-z ]{0,30}(?:excedido|esgotado|ultrapassado)\b"
        r"|\bmaximale (?:zeit|dauer) (?:wurde )?(?:\?|ue)berschritten\b",
        "a limit of time in Spanish, French, Portuguese, German",
    ),
)
