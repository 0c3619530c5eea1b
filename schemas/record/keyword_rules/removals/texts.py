"""Texts about keywords: source code, titles, searches, names of queues, tables, plug-ins."""

from typing import Final

from schemas.record.keyword_rules.rule import STEM, Rule

_THING: Final = (
    "(?:queue|topic|exchange|table|index|bucket|bean|module|plugin|package|flag|metric|alarm"
    "|dashboard|column)"
)

TEXTS: tuple[Rule, ...] = (
    Rule(
        "declaration",
        ("import ", "class ", "extends ", "commit ", "cherry-pick", "merge", "//"),
        r"\bimport (?:static )?(?:[a-z0-9_$]{1,60}[.]){1,12}[a-z0-9_$]{0,80}"
        r"(?:exception|error|timeout|failure)[a-z]{0,12};?"
        r"|\b(?:unused|abstract|public|final|new|sealed|data|deprecated|renamed?|deleted?"
        r"|removed?|added) class [a-z0-9_$.]{0,120}(?:exception|error|timeout|failure)[a-z]{0,12}\b"
        r"|\bclass [a-z0-9_$]{0,80}(?:exception|error|timeout|failure) extends"
        r" [a-z0-9_$.]{1,80}"
        rf"|\b(?:commit|cherry-pick(?:ed)?) [0-9a-f]{{6,40}}:? [^\n]{{0,150}}{STEM}[^\n]{{0,150}}"
        rf"|\bmerged? (?:pull request|merge request|pr|branch)[^\n]{{0,150}}{STEM}[^\n]{{0,150}}"
        rf"|(?:^|\n)[ \t]{{0,40}}// [^\n]{{0,150}}{STEM}[^\n]{{0,150}}",
        "source code and what is said of a change of it: import a.TimeoutError; commit 1a2b3c:"
        " fix timeouts",
    ),
    Rule(
        "title",
        (
            "how to",
            "how do i",
            "faq:",
            "what does",
            "what is",
            "tip:",
            "q:",
            *("fix ", "fixes ", "handle ", "adds ", "add "),
            "feat",
            "fix",
            "chore",
            "docs",
            "refactor",
            "perf",
            "ticket",
            "issue",
            "story",
            "bug ",
            "subject",
            "title",
            "documentation",
            "chapter",
            "article",
            "tutorial",
            "search",
            *("page on", "page about", "section on", "section about", "guide on", "guide about"),
        ),
        r"(?:^|[\t\r\n ;,])(?:subject|title|documentation|chapter|article|tutorial)[:=] ?"
        rf"[^\n]{{0,150}}{STEM}[^\n]{{0,150}}"
        rf"|\b(?:chapter|article|tutorial|page|section|guide) (?:on"
        rf"|about) [^\n]{{0,80}}{STEM}[^ \n]{{0,40}}"
        rf"|\bsearch(?:ed|es|ing)?(?: (?:for|query"
        rf"|term))? ?[:=]? ?[\"'][^\"'\n]{{0,150}}{STEM}[^\"'\n]{{0,150}}[\"']"
        rf"|(?:^|\n)[ \t]{{0,20}}(?:how to|how do i|faq:|what does|what is|tip:"
        rf"|q:) [^\n]{{0,150}}{STEM}[^\n]{{0,150}}"
        rf"|(?:^|\n)[0-9a-f]{{7,40}} (?:fix(?:es)?|adds?|handle) [^\n]{{0,150}}{STEM}[^\n]{{0,150}}"
        rf"|(?:^|\n)[ \t]{{0,20}}(?:feat|fix|chore|docs|refactor"
        rf"|perf)(?:\([^()\n]{{1,40}}\))?!?: [^\n]{{0,150}}{STEM}[^\n]{{0,150}}"
        rf"|\b(?:ticket|issue|story|bug) #?[a-z-]{{0,12}}[0-9]{{1,9}} (?:was |is )?(?:closed"
        rf"|opened|created|resolved|assigned|updated|reopened)\b[^\n]{{0,100}}{STEM}[^\n]{{0,100}}",
        "the title of a text, or what a user looks for: Subject: Re: connection refused",
    ),
    Rule(
        "name-of-thing",
        (
            *("-timeout", "source=", "module="),
            "timeout-",
            "timeouts-",
            "exception-",
            "exceptions-",
            *("queue ", "topic ", "exchange ", "table ", "index ", "bucket ", "bean ", "module "),
            *("plugin ", "package ", "flag ", "metric ", "alarm ", "dashboard ", "column "),
            "panic",
        ),
        rf"\b{_THING} [\"'`]?[a-z0-9._-]{{0,60}}[._-]{STEM}[a-z0-9._-]{{0,60}}[\"'`]?"
        rf"|\b{_THING} [\"'`]?[a-z0-9]{{0,40}}{STEM}[a-z]{{0,6}}[._-][a-z0-9._-]{{1,60}}[\"'`]?"
        r"|\b(?:source|module)=[a-z0-9_-]{0,40}(?:timeout|exception)s?\b"
        r"|\b[a-z]{2,20}-(?:timeout|exception)s?-[0-9]{1,4}[.][0-9]"
        r"|\bpanic[ _-](?:button|room|alarm|key|bar|mode)s?\b"
        r"|\bpanic (?:averted|avoided|prevented)\b"
        r"|\b(?:timeout|exception)s?-(?:watcher|manager|service|monitor|reporter|tracker"
        r"|checker|worker|job|queue|topic|lib|plugin|module|middleware|mapper|config|settings"
        r"|server|proxy|demo|example|scheduler|controller)\b",
        "the name of a queue, a table, a plug-in: queue payments.timeout.dlq, panic button",
    ),
)
