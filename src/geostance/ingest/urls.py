"""Take a link back to what anybody can open: a library's proxy says where its reader studies."""

import re
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

_WEB = {"http", "https"}
# A scheme of the reader's own machine or session, not of a published page.
_LOCAL = {"about", "blob", "chrome", "cid", "data", "file", "javascript", "mailto", "resource"}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)

# Login pages of EZproxy and OpenAthens carry the target: url= as it stands, qurl= escaped.
_LOGIN_PATH = re.compile(r"/(?:login|connect|redirector(?:/[^/]*)?)/?", re.IGNORECASE)
_TARGET = re.compile(r"(?:^|&)(?:url|qurl|targeturl|target)=(.+)", re.IGNORECASE | re.DOTALL)

# A whole word of a host label that says the host stands between the reader and the site.
_PROXY_WORD = re.compile(
    r"(?:ssl|web|lib|my)?vpn\d*|[a-z]{0,9}proxy[a-z]{0,4}\d*|ezp|rprenet|gate3?"
)
# Institutions whose proxies bear no such word, known by the end of their host.
_INSTITUTION = re.compile(
    r"(?:^|\.)(?:idm\.oclc\.org|openathens\.net"
    r"|(?:[\w-]+\.)?edu(?:\.[a-z]{2})?|ac\.[a-z]{2}"
    r"|(?:[\w-]*-)?u(?:niv)?-[\w-]+\.[a-z]{2,3}|univ[\w-]*\.[a-z]{2,3}|uni-[\w-]+\.de"
    r"|ulaval\.ca|umontreal\.ca|uqam\.ca|mcgill\.ca|sciencespo(?:-[\w-]+)?\.fr|cnrs\.fr|bnf\.fr"
    r"|sorbonne(?:-[\w-]+)?\.fr|campus-condorcet\.fr|ehess\.fr|ens\.fr|ens-[\w-]+\.fr)$"
)
_GENERIC_DOMAINS = {
    *("africa", "agency", "asia", "biz", "cat", "com", "edu", "gov", "info", "int", "live"),
    *("media", "mil", "net", "news", "online", "org", "paris", "press", "site", "today", "world"),
}
_SECOND_LEVEL = {"ac", "co", "com", "edu", "gob", "gouv", "gov", "net", "or", "org"}
# The number that Innovative's proxy, and the port that EZproxy, put before a host.
_PREFIX = re.compile(r"(?:\d{1,2}|p\d{2,5})-(?=[a-z0-9])")
_WRAPPED_BY_WAM = re.compile(r"\d{1,2}-")
# Links of the databases in which the subscriber is named.
_DATABASE = re.compile(r"(?:^|\.)(?:europresse\.com|eureka\.cc)$")
_SUBSCRIBER = re.compile(r"/link/|(?:^|&)un=", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?:^|(?<=&))(?:accountid|identityprofileid|_x_tr_\w+)=[^&]*(?:&|$)")

_MAX_NESTED = 4


def plain_url(url: str | None) -> str | None:
    """Return ``url`` as it is without a proxy, or None when that cannot be told.

    The proxy's host, the login page around a target, names and passwords, and account
    numbers in the query go; addresses of the reader's own machine give None. What is no
    URL with a scheme comes back as it stands. Hyphens of a rewritten host are read as
    EZproxy writes them (a doubled one is a hyphen, a single one a dot).
    """
    if url is None:
        return None
    url = url.strip()
    for _ in range(_MAX_NESTED):
        scheme = _SCHEME.match(url)
        if not scheme or scheme[1].lower() not in _WEB | _LOCAL:
            return url or None
        if scheme[1].lower() in _LOCAL:
            return None
        url = "".join(url.split())
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").rstrip(".")
        except ValueError:
            return None
        if not host:
            return None
        target = _target(parts)
        if target is None:
            return _without_proxy(url, parts, host)
        url = target
    return None


def _target(parts: SplitResult) -> str | None:
    """Return the URL that a login page leads to, if there is one."""
    if not _LOGIN_PATH.fullmatch(parts.path):
        return None
    query = parts.query + (f"#{parts.fragment}" if parts.fragment else "")
    found = _TARGET.search(query)
    if not found:
        return None
    written = found[1]
    if not _SCHEME.match(written):
        written = unquote(written.split("&", 1)[0])
    return written if re.match(r"https?://", written, re.IGNORECASE) else None


def _without_proxy(url: str, parts: SplitResult, host: str) -> str | None:
    if _DATABASE.search(host) and _SUBSCRIBER.search(f"{parts.path}&{parts.query}"):
        return None
    plain = _plain_host(host)
    if plain is None:
        return None
    account = _ACCOUNT.search(parts.query)
    if plain == host and not account and "@" not in parts.netloc:
        return url
    query = _ACCOUNT.sub("", parts.query).rstrip("&")
    # A proxy's port is not the site's.
    port = _port(parts) if plain == host else ""
    return urlunsplit(parts._replace(netloc=plain + port, query=query))


def _port(parts: SplitResult) -> str:
    try:
        return f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return ""


def _plain_host(host: str) -> str | None:
    """Return the host behind a proxied one, the host itself, or None for a bare proxy."""
    labels = host.split(".")
    wrapped = bool(_WRAPPED_BY_WAM.match(labels[0])) and len(labels) > 3
    labels[0] = _PREFIX.sub("", labels[0]) if len(labels) > 3 else labels[0]
    first_proxy = next(
        # The last two labels are the domain's own name: proxynews.com is a site.
        (n for n, label in enumerate(labels[:-2]) if _is_proxy(label)),
        None,
    )
    institution = bool(_INSTITUTION.search(host))
    if first_proxy == 0:
        return None
    if len(labels) > 2 and (hidden := _from_hyphens(labels[0])):
        is_site_of_many = not (institution or first_proxy or wrapped)
        if not is_site_of_many or hidden.startswith("www."):
            return hidden
    if first_proxy is not None:
        before = labels[:first_proxy]
        return ".".join(before) if len(before) > 1 and _is_domain(before[-1]) else _cut(labels)
    if wrapped or (institution and labels[0] == "www"):
        return _cut(labels) or (None if wrapped else host)
    return host


def _cut(labels: list[str]) -> str | None:
    """Return the host that ends at the first inner label that can be a domain's end."""
    for n in range(1, len(labels) - 2):
        if _is_domain(labels[n]):
            long = labels[n] in _SECOND_LEVEL and len(labels[n + 1]) == 2 and n + 3 < len(labels)
            inner = labels[: n + 1 + long]
            return ".".join(inner) if len(inner) > 1 else None
    return None


def _from_hyphens(label: str) -> str | None:
    """Return the host that a proxy wrote into one label (www-la--ville-fr), or None."""
    parts = label.replace("--", "\0").split("-")
    if len(parts) < 2 or not all(parts) or not _is_domain(parts[-1]):
        return None
    return ".".join(parts).replace("\0", "-")


def _is_domain(label: str) -> bool:
    return label in _GENERIC_DOMAINS or (len(label) == 2 and label.isalpha())


def _is_proxy(label: str) -> bool:
    return any(_PROXY_WORD.fullmatch(word) for word in label.split("-"))
