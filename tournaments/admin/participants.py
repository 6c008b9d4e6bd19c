"""Participants in the admin."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from gal_dashboard.core.admin import ServiceModelAdmin
from gal_dashboard.core.admin_site import COMPETITION
from gal_dashboard.core.context import Actor
from tournaments import registration, roster
from tournaments.admin.fields import MembersField, SpellingsField
from tournaments.models import Participant


class ParticipantForm(forms.ModelForm):
    aliases = SpellingsField(
        required=False,
        label="Other spellings",
        help_text="One a line. Results that come under these names are this participant's.",
    )

    members = MembersField(
        required=False, help_text="Of a team: one a line, such as Ann; Ann#EUW. All or none."
    )

    class Meta:
        model = Participant
        fields: ClassVar = [
            "tournament",
            "name",
            "aliases",
            "user",
            "riot_id",
            "members",
            "seed",
            "manual_rank",
        ]
        labels: ClassVar = {"user": "Account"}


@admin.register(Participant)
class ParticipantAdmin(ServiceModelAdmin):
    area = "tournaments"
    section = COMPETITION
    position = 2
    purpose = "Who plays where; spellings, seeds, and ranks set by hand."
    can_delete = True

    form = ParticipantForm
    list_display = ["name", "tournament", "status", "user", "riot_id", "seed", "manual_rank"]
    list_filter = ["status", "tournament"]
    list_select_related = ["tournament", "user"]
    search_fields = ["name", "riot_id", "tournament__name"]
    search_help_text = "A name, a Riot id, or a tournament."
    ordering = ["-tournament_id", "name"]
    autocomplete_fields = ["tournament", "user"]
    fieldsets = [
        (None, {"fields": ["tournament", "name", "aliases", "user", "riot_id", "members"]}),
        ("Order", {"fields": [("seed", "manual_rank")]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Participant | None = None):
        return ["tournament"] if obj else []

    def version_of(self, shown: Participant) -> str:
        values = (shown.name, shown.aliases, shown.user_id, shown.riot_id, shown.members)
        return str((*values, shown.seed, shown.manual_rank))

    def create(self, *, actor: Actor, fields: Mapping[str, Any]) -> Participant:
        return registration.register_participant(
            actor=actor,
            tournament_id=fields["tournament"].pk,
            fields={name: value for name, value in fields.items() if name != "tournament"},
            is_late=True,
        )

    def update(
        self, changed: Participant, *, actor: Actor, fields: Mapping[str, Any], seen: str
    ) -> Participant:
        current, _ = roster.lock_participant(changed.pk)
        self.refuse_if_changed(current, seen)
        return roster.change_participant(actor=actor, participant_id=changed.pk, fields=fields)

    def delete(self, doomed: Participant, *, actor: Actor) -> None:
        roster.remove_participant(actor=actor, participant_id=doomed.pk)
