"""Published standings in the admin: what overlays were told, and when."""

import json

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gal_dashboard.core.admin import ReadOnlyModelAdmin
from gal_dashboard.core.admin_site import COMPETITION
from tournaments.models import ScoreboardSnapshot


@admin.register(ScoreboardSnapshot)
class ScoreboardAdmin(ReadOnlyModelAdmin):
    area = "scoreboard"
    section = COMPETITION
    position = 3
    purpose = "Standings as they were published, each with what it was ordered by."

    class Media:
        css = {"all": ["tournaments/admin.css"]}

    list_display = ["__str__", "label", "source", "source_timestamp"]
    list_filter = ["tournament", "source"]
    search_fields = ["tournament_name"]
    ordering = ["-pk"]
    fields = [("tournament", "source", "source_timestamp"), ("label", "chain"), "table"]

    def get_queryset(self, request: HttpRequest):
        rows = super().get_queryset(request).select_related("tournament")
        match = request.resolver_match
        is_list = match is not None and str(match.url_name).endswith("_changelist")
        return rows.defer("document") if is_list else rows

    @admin.display(description="Standing")
    def label(self, snapshot: ScoreboardSnapshot) -> str:
        return snapshot.extras.get("label", "")

    @admin.display(description="Ordered by")
    def chain(self, snapshot: ScoreboardSnapshot) -> str:
        return ", ".join(snapshot.extras.get("chain", []))

    @admin.display(description="Standings")
    def table(self, snapshot: ScoreboardSnapshot) -> SafeString:
        return standings_table(json.loads(snapshot.document))


def standings_table(document: dict) -> SafeString:
    """The rows of published standings, with the points of each round."""
    rounds = document["round_names"]
    head = format_html_join(
        "", '<th scope="col">{}</th>', ((name.removeprefix("round_"),) for name in rounds)
    )
    body = format_html_join(
        "",
        '<tr class="{}"><td>{}</td><th scope="row">{}</th><td>{}</td>{}<td>{}</td></tr>',
        (
            (
                row["status"] or "",
                f"{'=' if row['tied'] else ''}{row['rank']}",
                row["player_name"],
                row["total_points"],
                format_html_join(
                    "", "<td>{}</td>", ((row["round_scores"].get(name, ""),) for name in rounds)
                ),
                (row["status"] or "").replace("_", " "),
            )
            for row in document["standings"]
        ),
    )
    return format_html(
        '<div class="wide"><table class="standings"><thead><tr><th scope="col">Rank</th>'
        '<th scope="col">Player</th><th scope="col">Points</th>{}<th scope="col">State</th></tr>'
        "</thead><tbody>{}</tbody></table></div>",
        head,
        body,
    )
