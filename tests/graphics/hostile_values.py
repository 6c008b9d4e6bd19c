"""Canvas documents that could break or hijack an overlay, each with the path of what is wrong."""

from collections.abc import Mapping
from typing import Any

ELSEWHERE = "evil.example"
TEXT = {"id": "title", "type": "text", "x": 100, "y": 100, "content": "On air"}


def element(**fields: Any) -> dict[str, Any]:
    """A document of a harmless element and a second one with ``fields``."""
    return {"background": None, "elements": [TEXT, {**TEXT, "id": "second", **fields}]}


def background(url: Any) -> dict[str, Any]:
    """A harmless document over a picture."""
    return {"background": {"imageUrl": url, "width": 1920, "height": 1080}, "elements": [TEXT]}


URLS: Mapping[str, Any] = {
    "a script": "javascript:alert(1)",
    "a script in mixed case": "JaVaScRiPt:alert(1)",
    "a script after a space": " javascript:alert(1)",
    "a script in two lines": "java\nscript:alert(1)",
    "a script of another language": "vbscript:msgbox(1)",
    "a page as data": "data:text/html,<script>alert(1)</script>",
    "a page as data, encoded": "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "a drawing as data": "data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+",
    "a picture that is none": "data:image/png,<svg onload=alert(1)>",
    "a picture with a quote": 'data:image/png;base64,AAAA"onerror="alert(1)',
    "a picture with a line break at its end": "data:image/png;base64,AAAA\n",
    "a picture in capitals": "DATA:IMAGE/PNG;BASE64,AAAA",
    "another host without a scheme": f"//{ELSEWHERE}/x.png",
    "another host by a backslash": f"/\\{ELSEWHERE}/x.png",
    "another host by two backslashes": f"\\\\{ELSEWHERE}\\x.png",
    "another host by a tabulator": f"/\t/{ELSEWHERE}/x.png",
    "another host by a line break": f"/\n/{ELSEWHERE}/x.png",
    "another protocol": f"ftp://{ELSEWHERE}/x.png",
    "a file": "file:///etc/passwd",
    "a blob": f"blob:https://{ELSEWHERE}/3F2504E0-4F89-41D3-9A0C-0305E82C3301",
    "no protocol": f"{ELSEWHERE}/x.png",
    "a protocol without a host": "https:///x.png",
    "a protocol without slashes": f"https:{ELSEWHERE}/x.png",
    "a user's name": f"https://admin@{ELSEWHERE}/x.png",
    "an empty user's name": f"https://@{ELSEWHERE}/x.png",
    "a name and a password": f"https://admin:secret@{ELSEWHERE}/x.png",
    "a host behind a backslash": f"https://good.example\\@{ELSEWHERE}/x.png",
    "a host in broken brackets": "https://[::1/x.png",
    "a port that is none": f"https://{ELSEWHERE}:99999/x.png",
    "a double quote": f'https://{ELSEWHERE}/x.png" onerror="alert(1)',
    "a single quote": f"https://{ELSEWHERE}/x.png'),url('x",
    "markup": f"https://{ELSEWHERE}/<script>alert(1)</script>",
    "a space": f"https://{ELSEWHERE}/x .png",
    "a line break at the end": f"https://{ELSEWHERE}/x.png\n",
    "a line break at the end of a path": "/static/x.png\n",
    "a line separator": f"https://{ELSEWHERE}/\u2028x.png",
    "a text that runs backwards": f"https://{ELSEWHERE}/\u202egnp.exe",
    "an isolate": f"https://{ELSEWHERE}/\u2066x.png",
    "5,000 characters": "/" + "x" * 5000,
    "a number": 7,
    "a list": ["https://example.org/x.png"],
    "an object": {"href": "https://example.org/x.png"},
}

COLOURS: Mapping[str, Any] = {
    "a second declaration": f"red; background: url(https://{ELSEWHERE}/x)",
    "the end of a rule": "red} body {display: none",
    "an address": f"url(https://{ELSEWHERE}/x)",
    "an expression": "expression(alert(1))",
    "a variable": "var(--anything)",
    "a line break at the end": "#ffffff\n",
    "a line break at the end of a function": "rgb(1, 2, 3)\n",
    "a number sign alone": "#",
    "five digits": "#12345",
    "letters that are no digits": "#ggg",
    "digits of another script": "rgb(\u0663, 0, 0)",
    "a comment": "red/**/",
    "markup": "<b>red</b>",
    "300 characters": "x" * 300,
    "a number": 16777215,
    "a list": ["red"],
}

FONTS: Mapping[str, Any] = {
    "a second declaration": f"Arial; background: url(https://{ELSEWHERE}/x)",
    "the end of a rule": "Arial} body {display: none",
    "an address": f"url(https://{ELSEWHERE}/x.woff2)",
    "an expression": "expression(alert(1))",
    "a variable": "var(--anything)",
    "a line break at the end": "Arial\n",
    "an escape": "Arial\\0a",
    "an import": "@import x",
    "markup": "<b>Arial</b>",
    "300 characters": "x" * 300,
    "a number": 7,
    "an object": {"name": "Arial"},
}

NUMBERS: Mapping[str, tuple[str, Any]] = {
    "no number": ("x", "NaN"),
    "an infinite one": ("y", "Infinity"),
    "an infinite one below zero": ("y", "-Infinity"),
    "1e308": ("x", 1e308),
    "-1e308": ("y", -1e308),
    "an exponent in a text": ("x", "1e3"),
    "a length in a text": ("fontSize", "32px"),
    "a sum in a text": ("x", "calc(1 + 1)"),
    "a line break after the number": ("x", "12\n"),
    "digits of another script": ("x", "\u0661\u0662"),
    "full-width digits": ("x", "\uff11"),
    "a hexadecimal number": ("x", "0x10"),
    "an underscore": ("x", "1_000"),
    "the largest integer": ("width", 2**53 - 1),
    "a place far outside": ("x", 20_001),
    "a negative size": ("fontSize", -1),
    "no size": ("fontSize", 0),
    "a huge size": ("fontSize", 1001),
    "a negative width": ("width", -1),
    "more than opaque": ("opacity", 1.01),
    "fewer rows than none": ("previewCount", -1),
    "a million rows": ("previewCount", 1_000_000),
    "rows a mile apart": ("spacing", 1e6),
    "stage 0": ("stage", 0),
    "a stage by its name": ("stage", "Final"),
    "true": ("x", True),
    "a list": ("y", [1]),
    "an object": ("fontSize", {"px": 32}),
}

TEXTS: Mapping[str, Any] = {
    "a bell": "ding\x07",
    "an escape sequence": "\x1b[31mred",
    "a backspace": "a\x08b",
    "a control of the second set": "a\u009b31m",
    "a deletion": "a\x7f",
    "an override to the left": "a\u202etxt.exe",
    "an override to the right": "a\u202db",
    "an embedding": "a\u202bb",
    "the end of an embedding": "a\u202cb",
    "an isolate": "a\u2067b",
    "the end of an isolate": "a\u2069b",
    "10,001 characters": "x" * 10_001,
    "true": True,
    "a list": ["text"],
    "an object": {"html": "<b>text</b>"},
}

OTHERS: Mapping[str, tuple[str, Any]] = {
    "an align of two values": ("align", "left; color: red"),
    "an align that is none": ("align", ["left"]),
    "a direction that is none": ("direction", "up"),
    "a source elsewhere": ("source", f"https://{ELSEWHERE}"),
    "an order that is none": ("orderBy", "points"),
    "a value that is none": ("value", "constructor"),
    "no rows": ("rows", "x"),
    "rows backwards": ("rows", "9-3"),
    "rows from none": ("rows", "0-3"),
    "rows to the left": ("rows", "-3"),
    "rows with a line break": ("rows", "9-16\n"),
    "rows of another script": ("rows", "\u0661-\u0662"),
    "rows without an end that is one": ("rows", "1-99999"),
    "row 10,000": ("rows", 10_000),
    "rows that are true": ("rows", True),
    "rows as a list": ("rows", [9, 16]),
    "a round that is none": ("roundId", "round_0"),
    "a round with a line break": ("roundId", "total\n"),
    "a round of another script": ("roundId", "round_\u0661"),
    "a round as a number": ("roundId", 1),
    "bold as a text": ("bold", "true"),
    "italic as a number": ("italic", 1),
    "underline as a list": ("underline", []),
    "a bound value with a control character": ("bind", "tournament.name\x1b"),
    "an id with an override": ("id", "a\u202eb"),
    "an id that is true": ("id", True),
    "an id that is a list": ("id", ["a"]),
}


def _documents() -> dict[str, tuple[dict[str, Any], str]]:
    found = {
        f"background: {name}": (background(url), "background.imageUrl")
        for name, url in URLS.items()
    }
    for key, values in {"color": COLOURS, "fontFamily": FONTS, "content": TEXTS}.items():
        found |= {
            f"{key}: {name}": (element(**{key: bad}), f"elements.1.{key}")
            for name, bad in values.items()
        }
    for kind, fields in {"number": NUMBERS, "other": OTHERS}.items():
        found |= {
            f"{kind}: {name}": (element(**{key: bad}), f"elements.1.{key}")
            for name, (key, bad) in fields.items()
        }
    return found | {
        "an id twice": (element(id="title"), "elements.1.id"),
        "501 elements": ({"elements": [{"id": str(n)} for n in range(501)]}, "elements"),
        "elements in an object": ({"elements": {"0": TEXT}}, "elements"),
        "elements that are null": ({"elements": None}, "elements"),
        "an element that is null": ({"elements": [TEXT, None]}, "elements.1"),
        "an element that is a text": ({"elements": ["<b>text</b>"]}, "elements.0"),
        "a background that is a text": ({"background": "red", "elements": []}, "background"),
        "a background of no width": (
            {"background": {"imageUrl": "/x.png", "width": "100%"}, "elements": []},
            "background.width",
        ),
        "a background of a mile": (
            {"background": {"imageUrl": "/x.png", "height": 1e9}, "elements": []},
            "background.height",
        ),
    }


# By what is wrong: the document, and the path of the fault in it.
REFUSED = _documents()

# Texts that look like programs, which an overlay draws as the texts they are.
DRAWN_AS_TEXT: Mapping[str, str] = {
    "a script element": "<script>window.owned = 1</script>",
    "a broken picture": f'<img src="https://{ELSEWHERE}/x.png" onerror="window.owned = 1">',
    "a drawing": "<svg onload='window.owned = 1'></svg>",
    "a frame": f'</div><iframe src="https://{ELSEWHERE}/"></iframe>',
    "a style": f"</style><style>@import 'https://{ELSEWHERE}/x.css'</style>",
    "a link": f'<a href="javascript:window.owned = 1">https://{ELSEWHERE}</a>',
    "a script's address": "javascript:window.owned = 1",
    "a template": "${window.owned = 1} {{window.owned = 1}} <%= owned %>",
    "an attribute": '" onmouseover="window.owned = 1" x="',
    "entities": "&lt;b&gt; &amp; &#x202e;",
    "a stylesheet": "}; * { display: none } /*",
    "a comment": "<!-- --> ]]> --!>",
}
