"""The options of the program in words, for people who read documents."""

from gal_dashboard.core import option_kinds, options, wire
from gal_dashboard.core.option_kinds import Kind
from gal_dashboard.core.options import Option


def options_table() -> str:
    """A table in Markdown, by key."""
    lines = ["| key | type and bounds | default | what it does |", "|---|---|---|---|"]
    for key in sorted(options.declared()):
        option = options.declared()[key]
        cells = [f"`{key}`", _bounds(option), _default(option), f"{option.title}. {option.help}"]
        lines.append(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |")
    return "\n".join(lines)


def _bounds(option: Option) -> str:
    said = [str(option.kind)]
    if option.low is not None or option.high is not None:
        unit = {
            Kind.STRING: " characters",
            Kind.SECRET: " characters",
            Kind.LIST: " texts",
        }.get(option.kind, "")
        low = "0" if option.low is None else f"{option.low:,g}"
        said.append(f"{low} to {option.high:,}{unit}" if option.high else f"from {low}{unit}")
    if option.pattern_help:
        said.append(option.pattern_help)
    if option.needs_restart:
        said.append("after a restart")
    return "; ".join(said)


def _default(option: Option) -> str:
    if option.is_secret:
        return ""
    return f"`{wire.dumps(option_kinds.on_the_wire(option.default)).decode()}`"
