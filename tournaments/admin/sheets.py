"""The sheet of one lobby: its form, what stands in it at first, and whether it is still so."""

from typing import Any, Final

from django import forms
from django.http import Http404

from gal_dashboard.core.admin import WHEN, refuse_as_changed
from gal_dashboard.core.admin_refusals import ChangedMeanwhileError
from gal_dashboard.core.errors import DomainError, InvalidFieldsError
from tournaments import rulebook
from tournaments.admin.board import sheet_of
from tournaments.judging import LobbyResult
from tournaments.limits import HIGHEST_LOBBY, LONGEST_NAME
from tournaments.models import ResultSheet, Tournament
from tournaments.rulebook import LobbySheet, Rulebook
from tournaments.standings import LOBBY_SIZE, GameRef

ABSENT: Final = "absent"
LONGEST_NOTE: Final = 500
# What a correction says before the path of a field: a sheet corrects one lobby.
OF_A_CORRECTION: Final = "results.0."
OUTCOMES: Final = [
    ("", "-"),
    *((str(place), str(place)) for place in range(1, LOBBY_SIZE + 1)),
    (ABSENT, "absent"),
]


class SeatForm(forms.Form):
    """A player and what came of the game for them."""

    player = forms.CharField(
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput({"list": "players", "autocomplete": "off", "class": "vTextField"}),
    )
    outcome = forms.ChoiceField(choices=OUTCOMES, required=False, label="Place")

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if fields.get("outcome") and not fields.get("player"):
            self.add_error("player", "Whose place is this?")
        if fields.get("player") and not fields.get("outcome"):
            self.add_error("outcome", f"Give {fields['player']} a place, or say absent.")
        return fields


class SheetFormSet(forms.BaseFormSet):
    """The whole of one lobby: each player once; the service judges the rest."""

    def clean(self) -> None:
        seen: set[str] = set()
        for form in self.forms:
            name = form.cleaned_data.get("player") if hasattr(form, "cleaned_data") else None
            if name and name in seen:
                form.add_error("player", f"{name} is named twice.")
            seen.add(name or "")
        if not any(self.errors) and not self.placements():
            raise forms.ValidationError("Nobody has a place yet.")

    def placements(self) -> dict[str, int]:
        return {name: int(outcome) for name, outcome in self._rows() if outcome != ABSENT}

    def absent(self) -> list[str]:
        return [name for name, outcome in self._rows() if outcome == ABSENT]

    def result(self, ref: GameRef, number: int) -> LobbyResult:
        return LobbyResult(
            ref=ref, lobby=number, placements=self.placements(), absent=self.absent()
        )

    def show(self, refused: DomainError) -> None:
        """Put what the service said to the rows that it speaks of."""
        errors = refused.errors if isinstance(refused, InvalidFieldsError) else {"": [str(refused)]}
        rows = {form.cleaned_data.get("player"): form for form in self.forms}
        for place, sentences in errors.items():
            form = rows.get(place.removeprefix(OF_A_CORRECTION).partition(".")[2])
            if form is None:
                self._non_form_errors.extend(sentences)
            else:
                form.add_error("player", sentences)

    def _rows(self) -> list[tuple[str, str]]:
        fields = [form.cleaned_data for form in self.forms]
        return [(row["player"], row["outcome"]) for row in fields if row.get("player")]


Sheet = forms.formset_factory(
    SeatForm, formset=SheetFormSet, extra=0, max_num=LOBBY_SIZE, absolute_max=LOBBY_SIZE
)


class NoteForm(forms.Form):
    """What whoever submits a result says to whoever confirms it."""

    # several lines: in a field of one, Enter would save the result instead of submitting it
    note = forms.CharField(
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea({"rows": 2, "maxlength": LONGEST_NOTE}),
    )


def focus_first(sheet: SheetFormSet, field: str) -> None:
    """Let somebody type at once: the place of a drawn player, or the name of one who was not."""
    sheet.forms[0].fields[field].widget.attrs["autofocus"] = True


def ref_or_404(game: str, number: int) -> GameRef:
    if not 1 <= number <= HIGHEST_LOBBY:
        raise Http404
    try:
        return GameRef.parse(game)
    except ValueError:
        raise Http404 from None


def initial_of(book: Rulebook, ref: GameRef, lobby: LobbySheet | None) -> list[dict[str, str]]:
    """The rows of a sheet: drawn players by place, then in the order of the draw; or blanks."""
    if lobby is None:
        return [{"player": ""}] * min(book.tournament.lobby_size, max(book.field_of(ref), 1))
    seats = sorted(lobby.seats, key=lambda seat: seat.place or LOBBY_SIZE + 1)
    return [
        {
            "player": book.participants[seat.participant_id].name,
            "outcome": ABSENT if seat.is_absent else str(seat.place or ""),
        }
        for seat in seats
    ]


def version_of(lobby: LobbySheet | None) -> str:
    seats = lobby.seats if lobby else ()
    return str(sorted((seat.participant_id, seat.place or 0, seat.is_absent) for seat in seats))


def refuse_if_changed(tournament: Tournament, ref: GameRef, number: int, seen: str) -> None:
    """Raises ``ChangedMeanwhileError``. Who writes after it holds the tournament's row."""
    if version_of(sheet_of(rulebook.read(tournament), ref, number)) == seen:
        return
    sheets = ResultSheet.objects.confirmed().filter(lobby__game__tournament=tournament)
    newest = sheets.filter(
        lobby__game__day=ref.day, lobby__game__number=ref.game, lobby__number=number
    ).first()
    if newest is None or newest.decided_at is None:
        refuse_as_changed("tournament", tournament.pk)  # it was drawn otherwise
    raise ChangedMeanwhileError(who=newest.decided_by, when=newest.decided_at.strftime(WHEN))
