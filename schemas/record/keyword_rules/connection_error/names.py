"""Codes, classes, and the names of hosts that nobody knows."""

from schemas.record.keyword_rules.rule import CANNOT, Rule

NAMES: tuple[Rule, ...] = (
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
            *(
                "ns_error_",
                "sqlstate",
                "errno",
                "winerror",
                "winsock",
                "wsa",
                "sigpipe",
            ),
        ),
        r"\bnetwork_exception\b"
        r"|\b(?:wsa)?e(?:conn(?:refused|reset|aborted)|(?:host|net)unreach|pipe|(?:host|net)down"
        r"|netreset|notconn|addrnotavail)\b|\bcannot assign requested address\b"
        r"|connection_(?:refused|reset|aborted|failed|failure|lost|timed_out|error|closed)\b"
        r"|\bns_error_(?:unknown_(?:proxy_)?host|net_[a-z_]{3,20}|offline"
        r"|proxy_connection_[a-z_]{3,20})\b"
        r"|\bsqlstate ?[=:\[(]{0,2} ?[\"']?08(?:000|001|003|004|006|007|s01)\b|\bsigpipe\b"
        r"|\berrno ?[:=]? ?(?:101|103|104|107|110|111|112|113)\b"
        r"|\b(?:winerror|winsock(?: error)?|wsa ?error|wsagetlasterror\(?\)?) ?[:=#]? ?100(?:50"
        r"|51|52|53|54|57|58|60|61|64|65)\b"
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
            *("be found", "resolver error", "existent domain", "such domain", "get address for"),
            *("lookup of", "lookup for", "no dns", "nameserver", "unresolv"),
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
        r"\bresolver error\b|\bnxdomain\b|\beservfail\b|\bhost name lookup fail"
        r"|\b(?:domain|host|hostname|server"
        r"|remote computer)(?: ?name)?(?: [^ \n]{1,80})? (?:could not|cannot"
        r"|can't|was not) be"
        r" found\b|\b(?:non-?existent|no such) domain\b|\bcan't get address for\b"
        r"|\blookup (?:of|for) [^ \n]{1,100} (?:failed|timed out)"
        r"|\bresolution of [^ \n]{1,100} failed\b"
        r"|\bno dns (?:servers?|response|answer)\b|\bno nameservers?\b"
        r"|\ball nameservers (?:failed|are)\b"
        r"|\bunresolv(?:able|ed) (?:host|address|hostname|name|domain)\b"
        r"|\bno address associated with (?:host)?name\b|\bcan't find [^ \n]{1,80}: (?:nxdomain"
        r"|servfail)\b"
        r"|\bunknown [a-z]{1,20} server host\b|\bdns_probe_finished|\bname does not resolve\b"
        r"|\bhost unknown\b|\bhost(?:name)? lookup fail|\bcould not find (?:the )?host\b"
        r"|\bdns (?:failure|error|problem|query timed out)\b"
        r"|\b(?:failure in|failed|error in) (?:name|dns|host) resolution\b"
        r"|\b(?:name|dns|host) resolution (?:(?:for|of) (?:the )?(?:name |host )?[^ \n]{1,80} )?"
        r"(?:[a-z ]{0,30} )?(?:has |was )?"
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
        r"|unknown|temporary)|[ \t\r\n]*$)"
        r"|\bdns query failed\b",
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
            *(
                "prematureclos",
                "prematurechannelclos",
                "asynchronousclos",
                "channelclosede",
                "nohttpresp",
            ),
            *("ssleof", "transportexc", "transporterr", "remoteclosed", "hangupexc", "hanguperr"),
            *("violation of protocol", "_syscall"),
        ),
        r"(?:brokenpipe|noroutetohost|unknownhost|socket|network"
        r"|serverselection|clientabort)(?:exception|error)s?\b|\bgaierror\b|\bremotedisconnected\b"
        r"|\bnohostavailable\b|\bhostunreachable\b|\bconnectionbad\b|\bconnection_?forced\b"
        r"|\bnet::opentimeout\b|(?:prematureclose|prematurechannelclosure|asynchronousclose|channelclosed"
        r"|nohttpresponse|ssleof|transport|remoteclosed|hangup)(?:exception|error)s?\b"
        r"|\beof occurred in violation of protocol\b|\bssl_error_syscall\b",
        "names of classes: UnknownHostException, BrokenPipeError, NoHostAvailable",
    ),
    Rule(
        "connect-timeout",
        ("connecttimeout", "connectiontimeout"),
        r"\bConnect(?:ion)?Timeout\b",
        "a class that lacks an ending; connectTimeout is a setting",
        "cased",
    ),
)
