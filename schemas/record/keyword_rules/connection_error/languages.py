"""The system's own words in other languages than English."""

from schemas.record.keyword_rules.rule import Rule

LANGUAGES: tuple[Rule, ...] = (
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
        r"|\b(?:netz|ziel|host|server|rechner|gegenstelle)[a-z]{0,12} (?:ist )?nicht erreichbar\b"
        r"|\bdienst ist nicht bekannt\b"
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
