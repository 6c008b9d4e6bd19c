"""Tournaments in the admin: their rules and stages, and the way to results and participants."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from gal_dashboard.core import options
from gal_dashboard.core.admin import ServiceInline, ServiceModelAdmin
from gal_dashboard.core.admin_site import COMPETITION, Line, Panel
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import InvalidFieldsError
from tournaments import format as formats
from tournaments import services
from tournaments.admin.corrections import CorrectionPages
from tournaments.admin.draws import DrawPages
from tournaments.admin.fields import ChainField, CutsField, DaysField, PointsField
from tournaments.admin.format_page import FormatPage, PresetField
from tournaments.admin.registration import RegistrationPages
from tournaments.admin.result_files import ResultFilePages
from tournaments.admin.results import ResultPages
from tournaments.admin.roster import RosterPage
from tournaments.admin.run import RunPage
from tournaments.admin.second_screen import SecondScreen
from tournaments.admin.submissions import SubmissionPages
from tournaments.admin.tools import tools_for
from tournaments.admin.transitions import TransitionPages
from tournaments.choices import DrawRule, TournamentStatus
from tournaments.lifecycle import legal_moves
from tournaments.models import Stage, Tournament, default_chain, default_points
from tournaments.options import CURRENT
from tournaments.presets import StageFormat
from tournaments.standings import METRICS, Cut

NEWEST = 6
PAGES = (
    RunPage,
    TransitionPages,
    FormatPage,
    RosterPage,
    RegistrationPages,
    DrawPages,
    ResultPages,
    SubmissionPages,
    CorrectionPages,
    ResultFilePages,
    SecondScreen,
)
STAGE_COLUMNS = (
    "number",
    "name",
    "days",
    "cuts",
    "threshold",
    "carries",
    "games_a_day",
    "redraw_every",
    "draw_rule",
    "points_table",
    "tie_chain",
)
RUNNING = (TournamentStatus.IN_PROGRESS, TournamentStatus.CHECK_IN)


class TournamentForm(forms.ModelForm):
    preset = PresetField(initial="single_day", help_text="It can be changed before the first game.")
    points_table = PointsField(
        label="Points",
        initial=default_points,
        help_text="For the first place, the second, and so on.",
    )
    tie_chain = ChainField(
        label="Ordered by",
        initial=default_chain,
        widget=forms.Textarea({"rows": 3, "class": "vLargeTextField"}),
        help_text=f"The first difference decides. There are: {', '.join(METRICS)}.",
    )

    class Meta:
        model = Tournament
        fields: ClassVar = [
            "name",
            "status",
            "description",
            "max_participants",
            "team_size",
            "start_date",
            "end_date",
        ]
        widgets: ClassVar = {"description": forms.Textarea({"rows": 3, "class": "vLargeTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Of an existing tournament, offer only what may follow on what it is."""
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("preset", None)  # its stages are there, below
        if self.instance.pk and "status" in self.fields:
            offered = {self.instance.status, *legal_moves(self.instance.status)}
            self.fields["status"].choices = [
                choice for choice in TournamentStatus.choices if choice[0] in offered
            ]


class StageForm(forms.ModelForm):
    days = DaysField(help_text="1, 2 or 1-2")
    cuts = CutsField(
        required=False,
        help_text="2: 8 lets eight go on after day 2; 1.4: 32 after game 4 of day 1.",
    )

    draw_rule = forms.ChoiceField(choices=DrawRule.choices, required=False, label="Drawn by")
    points_table = PointsField(
        required=False, label="Points", help_text="Empty: those of the tournament."
    )
    tie_chain = ChainField(
        required=False, label="Ordered by", help_text="Empty: as the tournament says."
    )

    class Meta:
        model = Stage
        fields: ClassVar = list(STAGE_COLUMNS[1:])
        labels: ClassVar = {
            "threshold": "Checkmate at",
            "games_a_day": "Games a day",
            "redraw_every": "Drawn anew every",
        }
        help_texts: ClassVar = {
            "threshold": "Points that put a player in check; empty: no.",
            "redraw_every": "Games; empty: once a day.",
        }


class StageInline(ServiceInline):
    model = Stage
    form = StageForm
    area = "tournaments"
    template = "admin/edit_inline/stacked.html"  # too many fields for one line
    ordering = ["number"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("name", "days", "cuts"),
                    ("games_a_day", "redraw_every", "draw_rule"),
                    ("threshold", "carries"),
                    ("points_table", "tie_chain"),
                ]
            },
        )
    ]
    verbose_name_plural = (
        "Stages: points count together within one; the next starts from zero unless it carries"
    )


def _run_page(tournament: Tournament) -> str:
    return reverse("admin:tournaments_tournament_run", args=[tournament.pk])


class RunList(ChangeList):
    """A list from which one goes to run an event; its settings are one step further."""

    def url_for_result(self, result: Tournament) -> str:
        return _run_page(result)


@admin.register(Tournament)
class TournamentAdmin(ServiceModelAdmin):
    area = "tournaments"
    section = COMPETITION
    purpose = "Rules, stages, participants, and the results of every lobby."
    can_delete = True

    class Media:
        css = {"all": ["tournaments/admin.css"]}

    form = TournamentForm
    inlines = [StageInline]
    change_form_template = "tournaments/admin/tournament_form.html"
    change_list_template = "tournaments/admin/tournament_list.html"
    delete_confirmation_template = "tournaments/admin/tournament_delete.html"
    list_display = ["name", "status", "players", "start_date", "end_date"]
    list_filter = ["status", "start_date"]
    search_fields = ["name"]
    ordering = ["-created_at", "-pk"]
    readonly_fields = ["source", "created_at", "updated_at"]
    actions = None  # a tournament goes with all its results: one by one, on its own page
    fieldsets = [
        (None, {"fields": [("name", "status"), "description"]}),
        (
            "Size and time",
            {"fields": [("max_participants", "team_size"), "start_date", "end_date"]},
        ),
        ("Rules", {"fields": ["points_table", "tie_chain"]}),
        (
            "Origin",
            {"fields": [("source", "created_at", "updated_at")], "classes": ["collapse"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).with_counts()

    def get_urls(self):
        pages = [kind(self) for kind in PAGES]
        return [*(url for page in pages for url in page.urls()), *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Tournament | None = None):
        if obj is not None:
            return self.fieldsets
        plan, size, rules, *_ = self.fieldsets
        return [plan, ("Format", {"fields": ["preset"]}), size, rules]

    def get_changelist(self, request: HttpRequest, **kwargs: Any):
        return RunList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {**tools_for(request), **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        original = context["original"]
        if original is not None:
            context.update(tools_for(request, original.pk))
        return super().render_change_form(request, context, *args, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Tournament | None):
        return self.inlines if obj else []  # a new one gets its first stage from the service

    def version_of(self, shown: Tournament) -> str:
        stages = Stage.objects.filter(tournament_id=shown.pk).order_by("number")
        rows = list(stages.values_list(*STAGE_COLUMNS))
        return f"{shown.updated_at.isoformat()} {rows}"

    def create(self, *, actor: Actor, fields: Mapping[str, Any]) -> Tournament:
        return services.create_tournament(actor=actor, fields=fields)

    def update(
        self, changed: Tournament, *, actor: Actor, fields: Mapping[str, Any], seen: str
    ) -> Tournament:
        self.refuse_if_changed(services.lock_tournament(changed.pk), seen)
        return formats.change_rules(actor=actor, tournament_id=changed.pk, fields=fields)

    def save_rows(self, parent: Tournament, formset: Any, *, actor: Actor) -> None:
        rows = [
            form
            for form in formset.forms
            if form.cleaned_data.get("name") and not form.cleaned_data.get("DELETE")
        ]
        stages = [_stage_format(form.cleaned_data) for form in rows]
        try:
            formats.change_stages(actor=actor, tournament_id=parent.pk, wanted=stages)
        except InvalidFieldsError as refused:
            prefixes = [form.prefix for form in rows]
            raise InvalidFieldsError(_by_form(refused.errors, prefixes)) from None

    def delete(self, doomed: Tournament, *, actor: Actor) -> None:
        services.delete_tournament(actor=actor, tournament_id=doomed.pk)

    def response_add(self, request, obj, post_url_continue=None):
        """A new tournament leads to the page from which it is run, unless more shall be made."""
        if not {"_addanother", "_continue", "_popup"} & request.POST.keys():
            messages.success(request, f"{obj} is made.")
            return HttpResponseRedirect(_run_page(obj))
        return super().response_add(request, obj, post_url_continue)

    def index_panel(self, request: HttpRequest) -> Panel:
        on_air = Case(When(pk=options.value(CURRENT), then=0), default=1)
        newest = Tournament.objects.with_counts().order_by(on_air, "-updated_at", "-pk")
        may_write = self.may_write(request)
        return Panel(
            title="Tournaments",
            lines=[
                Line(
                    title=tournament.name,
                    url=_run_page(tournament),
                    note=f"{tournament.get_status_display()} · "
                    f"{tournament.current_participants} participants",
                    links=[
                        (
                            "Enter results" if may_write else "Results",
                            reverse("admin:tournaments_tournament_results", args=[tournament.pk]),
                        )
                    ],
                )
                for tournament in newest[:NEWEST]
            ],
            nothing="No tournament yet.",
            more=("All tournaments", reverse("admin:tournaments_tournament_changelist")),
        )

    @admin.display(description="Participants")
    def players(self, tournament: Tournament) -> str:
        return f"{tournament.current_participants} of {tournament.max_participants}"


def _stage_format(fields: Mapping[str, Any]) -> StageFormat:
    return StageFormat(
        name=fields["name"],
        days=tuple(fields["days"]),
        cuts=tuple(Cut(cut["day"], cut["game"], cut["to"]) for cut in fields["cuts"]),
        threshold=fields["threshold"],
        points=fields["points_table"] or None,
        chain=tuple(fields["tie_chain"]) or None,
        carries=fields["carries"],
        games=fields["games_a_day"],
        redraw_every=fields["redraw_every"],
        draw_rule=fields["draw_rule"] or DrawRule.SNAKE.value,
    )


def _by_form(errors: Mapping[str, list[str]], prefixes: list[str]) -> dict[str, list[str]]:
    """``stages.1.days`` as the name of that field in the form it came from."""
    named = {}
    for place, sentences in errors.items():
        head, _, rest = place.partition(".")
        index, _, field = rest.partition(".")
        is_row = head == "stages" and index.isdigit() and field
        named[f"{prefixes[int(index)]}.{field}" if is_row else ""] = sentences
    return named
