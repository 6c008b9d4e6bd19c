"""Forms of options: for each type the widget that fits, judged as everywhere else."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from configuration.models import LONGEST_DESCRIPTION
from gal_dashboard.core import option_kinds
from gal_dashboard.core.option_kinds import Kind, OptionValueError
from gal_dashboard.core.options import Option

LARGEST_IMPORT: Final = 1024 * 1024
WHERE: Final = (
    ("", "where it holds now"),
    ("all", "in all environments"),
    ("current", "only here"),
)

_LONG_TEXT: Final = 200


class OptionField(forms.CharField):
    """The text of a form as the value of an option, or the option's own sentence why not."""

    def __init__(self, option: Option, **options: Any) -> None:
        self.option = option
        super().__init__(strip=False, required=False, **options)

    def clean(self, value: Any) -> Any:
        text = str(value or "").replace("\r\n", "\n")
        try:
            sent = option_kinds.read(self.option.kind, text)
            self.option.judge(sent)
        except OptionValueError as error:
            sentence = str(error)
            raise ValidationError(f"{sentence[0].upper()}{sentence[1:]}.") from None
        return sent


def widget_of(option: Option) -> forms.Widget:
    """A list or a document is written in lines, a number by a number field, a colour is picked."""
    if option.choices and option.kind == Kind.STRING:
        return forms.Select(choices=[(choice, choice) for choice in option.choices])
    is_long = option.kind == Kind.STRING and (option.high or 0) > _LONG_TEXT
    if is_long:
        return forms.Textarea({"rows": 4, "class": "vLargeTextField"})
    return WIDGETS.get(option.kind, _text)(option)


def _text(option: Option) -> forms.Widget:
    return forms.TextInput({"class": "vTextField"})


def _lines(option: Option) -> forms.Widget:
    return forms.Textarea({"rows": 6, "class": "vLargeTextField monospace"})


def _yes_or_no(option: Option) -> forms.Widget:
    return forms.Select(choices=[("true", "Yes"), ("false", "No")])


def _number(option: Option) -> forms.Widget:
    step = "1" if option.kind == Kind.INTEGER else "any"
    bounds = {"min": option.low, "max": option.high, "step": step}
    return forms.NumberInput({name: bound for name, bound in bounds.items() if bound is not None})


def _colour(option: Option) -> forms.Widget:
    return forms.TextInput({"type": "color"})


def _secret(option: Option) -> forms.Widget:
    return forms.PasswordInput({"class": "vTextField", "autocomplete": "new-password"})


WIDGETS: Final[Mapping[Kind, Callable[[Option], forms.Widget]]] = {
    Kind.LIST: _lines,
    Kind.JSON: _lines,
    Kind.BOOLEAN: _yes_or_no,
    Kind.INTEGER: _number,
    Kind.FLOAT: _number,
    Kind.COLOUR: _colour,
    Kind.SECRET: _secret,
}


class OptionForm(forms.Form):
    """A new value for one option, and where it shall hold."""

    description = forms.CharField(
        max_length=LONGEST_DESCRIPTION,
        required=False,
        label="Why",
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="Stands beside the value. May be empty.",
    )
    environment = forms.ChoiceField(choices=WHERE, required=False, label="Holds")

    field_order = ("value", "description", "environment")

    def __init__(self, option: Option, value: Any, **options: Any) -> None:
        super().__init__(**options)
        self.fields["value"] = OptionField(
            option,
            label=option.title,
            widget=widget_of(option),
            help_text=bounds_in_words(option),
            initial="" if option.is_secret else option_kinds.as_text(option.kind, value),
        )
        self.order_fields(self.field_order)


class ImportForm(forms.Form):
    file = forms.FileField(help_text="YAML as the export gives it.")

    def clean_file(self) -> str:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_IMPORT:
            raise ValidationError(f"The file may have at most {LARGEST_IMPORT} bytes.")
        try:
            return str(file.read().decode("utf-8"))
        except UnicodeDecodeError:
            raise ValidationError("The file is no text in UTF-8.") from None


def bounds_in_words(option: Option) -> str:
    """What the value may be, in one line; the purpose stands above."""
    low, high = option.low, option.high
    match option.kind:
        case Kind.INTEGER | Kind.FLOAT if low is not None and high is not None:
            return f"{low:,} to {high:,}."
        case Kind.LIST:
            said = "One in each line."
            return f"{said} Only {option.pattern_help}." if option.pattern_help else said
        case Kind.JSON:
            return "JSON."
        case Kind.SECRET:
            return "It is not shown again."
        case _ if option.pattern_help:
            return f"Must be {option.pattern_help}."
        case _:
            return ""
