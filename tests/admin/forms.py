"""Forms of a page, read from its HTML and sent as a browser would send them."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self._text: str | None = None
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append({})
        elif tag == "input":
            is_choice = named.get("type") in {"checkbox", "radio"}
            is_off = is_choice and "checked" not in named
            if named.get("type") not in {"submit", "button"} and not is_off:
                self._add(named.get("name"), named.get("value", "on" if is_choice else ""))
        elif tag == "textarea":
            self._text = named.get("name")
            self._add(self._text, "")
        elif tag == "select":
            self._select, self._options = named.get("name"), []
        elif tag == "option" and self._select:
            self._options.append((named.get("value", ""), "selected" in named))

    def handle_data(self, data: str) -> None:
        if self._text:
            self.forms[-1][self._text][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text:
            # HTML drops the first line end of a textarea
            values = self.forms[-1][self._text]
            values[-1] = values[-1].removeprefix("\n")
            self._text = None
        elif tag == "select" and self._select:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            for value in chosen or [value for value, _ in self._options[:1]]:
                self._add(self._select, value)
            self._select = None

    def _add(self, name: str | None, value: str) -> None:
        if name and self.forms:
            self.forms[-1].setdefault(name, []).append(value)


def form_with(html: str, field: str) -> dict[str, list[str]]:
    """The values of the form that has ``field``; raises if no form of the page has it."""
    reader = _Reader()
    reader.feed(html)
    return next(form for form in reader.forms if field in form)
