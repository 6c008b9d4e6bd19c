"""The score that the HTTP Observatory of MDN gives to the headers of one answer.

The table follows https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring: 100 to
begin with, penalties always, bonuses only if at least 90 are left without them. What a scan of a
real site would look at beside the answer is taken as given:

- *redirection*: the proxy leads from HTTP to HTTPS on the same host (0; tests/deploy asks it);
- *HSTS*: the site is not on the browsers' preload list (no bonus);
- *SRI*: scripts are looked at by their ``src`` only; none has an ``integrity``;
- the certificate is good, and the answer came by HTTPS.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from http.cookies import SimpleCookie
from typing import Final

import httpx

BEGIN: Final = 100
LEAST_FOR_BONUSES: Final = 90
SIX_MONTHS: Final = 15_768_000

BROAD: Final = frozenset(
    {"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"}
)
INLINE: Final = frozenset({"'unsafe-inline'", "data:"})
PASSIVE: Final = frozenset({"img-src", "media-src"})
PRIVATE_REFERRERS: Final = frozenset(
    {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
)

Sources = Mapping[str, frozenset[str]]


def policy_of(answer: httpx.Response) -> Sources:
    directives = answer.headers.get("Content-Security-Policy", "").lower().split(";")
    words = [directive.split() for directive in directives if directive.strip()]
    return {name: frozenset(sources) for name, *sources in words}


def content_security_policy(answer: httpx.Response) -> int:
    policy = policy_of(answer)
    if not policy:
        return -25
    default = policy.get("default-src", frozenset({"*"}))
    scripts, styles = policy.get("script-src", default), policy.get("style-src", default)
    active = [source for name, some in policy.items() if name not in PASSIVE for source in some]
    passive = [source for name in PASSIVE for source in policy.get(name, default)]
    in_order_of_weight = (
        (scripts & (BROAD | INLINE) or policy.get("object-src", default) & BROAD, -20),
        (_is_plain(active), -20),
        ("'unsafe-eval'" in scripts | styles, -10),
        (_is_plain(passive), -10),
        (styles & (BROAD | INLINE), 0),
        (default == {"'none'"}, 10),
    )
    return next((modifier for holds, modifier in in_order_of_weight if holds), 5)


def _is_plain(sources: Iterable[str]) -> bool:
    return any(source.startswith(("http:", "ftp:")) for source in sources)


def cookies(answer: httpx.Response) -> int:
    jar = [
        morsel
        for line in answer.headers.get_list("Set-Cookie")
        for morsel in SimpleCookie(line).values()
    ]
    if not jar:
        return 0
    if not all(one["secure"] for one in jar):
        return -40
    if not all(one["httponly"] for one in jar):
        return -30
    if any(one["samesite"].lower() not in {"strict", "lax", ""} for one in jar):
        return -20
    return 5 if all(one["samesite"] for one in jar) else 0


def cross_origin_sharing(answer: httpx.Response) -> int:
    """A scan comes with an Origin of its own: whoever repeats it and takes cookies is open."""
    allowed = answer.headers.get("Access-Control-Allow-Origin")
    with_credentials = answer.headers.get("Access-Control-Allow-Credentials") == "true"
    return -50 if allowed == answer.request.headers["Origin"] and with_credentials else 0


def referrer_policy(answer: httpx.Response) -> int:
    said = answer.headers.get("Referrer-Policy")
    if said is None:
        return 0
    return 5 if said in PRIVATE_REFERRERS else -5


def strict_transport_security(answer: httpx.Response) -> int:
    match = re.match(r"max-age=(\d+)", answer.headers.get("Strict-Transport-Security", ""))
    if match is None:
        return -20
    return 0 if int(match[1]) >= SIX_MONTHS else -10


def subresource_integrity(answer: httpx.Response) -> int:
    if "text/html" not in answer.headers.get("Content-Type", ""):
        return 0
    scripts = re.findall(r"<script[^>]*\ssrc=\"([^\"]+)\"", answer.text)
    if any(script.startswith(("http:", "//")) for script in scripts):
        return -50
    return -5 if any(script.startswith("https:") for script in scripts) else 0


def content_type_options(answer: httpx.Response) -> int:
    return 0 if answer.headers.get("X-Content-Type-Options", "").lower() == "nosniff" else -5


def frame_options(answer: httpx.Response) -> int:
    if policy_of(answer).get("frame-ancestors"):
        return 5
    return 0 if answer.headers.get("X-Frame-Options", "").lower() in {"deny", "sameorigin"} else -20


def cross_origin_resource_policy(answer: httpx.Response) -> int:
    said = answer.headers.get("Cross-Origin-Resource-Policy")
    return {None: 0, "cross-origin": 0, "same-origin": 10, "same-site": 10}.get(said, -5)


RULES: Final[tuple[Callable[[httpx.Response], int], ...]] = (
    content_security_policy,
    cookies,
    cross_origin_sharing,
    referrer_policy,
    strict_transport_security,
    subresource_integrity,
    content_type_options,
    frame_options,
    cross_origin_resource_policy,
)


def modifiers(answer: httpx.Response) -> dict[str, int]:
    return {rule.__name__: rule(answer) for rule in RULES}


def score(answer: httpx.Response) -> int:
    changes = modifiers(answer).values()
    without_bonuses = BEGIN + sum(change for change in changes if change < 0)
    bonuses = sum(change for change in changes if change > 0)
    return max(0, without_bonuses + (bonuses if without_bonuses >= LEAST_FOR_BONUSES else 0))
