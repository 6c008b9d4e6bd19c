"""What is asked before something is done to a graphic."""

from django import forms

from graphics.services import LONGEST_TITLE

LONGEST_REASON = 500


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="May be empty. The archive and the history keep it.",
    )


class ForcedReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="The holder and the history get to read it.",
    )


class CopyForm(forms.Form):
    title = forms.CharField(
        max_length=LONGEST_TITLE,
        required=False,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="Empty: the same with (Copy) behind it.",
    )
    event_name = forms.CharField(
        max_length=LONGEST_TITLE,
        required=False,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="Empty: the same.",
    )


class ReloadReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="May be empty. The audit trail keeps it.",
    )


class KeyForm(forms.Form):
    name = forms.CharField(
        max_length=100,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="Where it will be used, such as “Studio 2, main OBS”.",
    )
