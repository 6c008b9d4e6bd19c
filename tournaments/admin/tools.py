"""Buttons of tournaments that apps above bring along; nothing here knows them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from gal_dashboard.core import admin_ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A button for those who have all of ``scopes``; ``name`` is that of its address.

    One ``of_list`` stands above the list of tournaments, another one on the pages of each, whose
    number its address takes.
    """

    title: str
    name: str
    scopes: Collection[str]
    of_list: bool = False


_tools: list[Tool] = []


def register(tool: Tool) -> None:
    _tools.append(tool)


def tools_for(request: HttpRequest, tournament_id: int | None = None) -> Mapping[str, Any]:
    """What the templates show, as (title, address): of one tournament, or of the list."""
    actor = admin_ports.actor_of(request)
    arguments = [] if tournament_id is None else [tournament_id]
    return {
        "more_tools": [
            (tool.title, reverse(f"admin:{tool.name}", args=arguments))
            for tool in _tools
            if tool.of_list == (tournament_id is None) and all(map(actor.may, tool.scopes))
        ]
    }
