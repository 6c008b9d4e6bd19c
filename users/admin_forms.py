"""Forms of the admin that deal with accounts and passwords."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.admin.forms import AdminPasswordChangeForm as PasswordChangeForm
from django.contrib.auth.forms import AdminUserCreationForm, UsernameField
from django.core.exceptions import ValidationError
from django.views.decorators.debug import sensitive_variables

from gal_dashboard.core import context
from gal_dashboard.core.errors import DomainError
from users import accounts, passwords, selectors, services, throttling
from users.choices import Role
from users.errors import IncorrectCredentialsError, OldPasswordError
from users.models import User

MAY_USE_ADMIN = "Lets this person sign in here. What they find depends on their roles."


class LoginForm(AdminAuthenticationForm):
    """Counts failed attempts with those of the API: so many of one address within a minute."""

    refused: DomainError | None = None  # what the page's status says

    def clean(self) -> Any:
        assert self.request is not None  # noqa: S101 - the login view always gives it
        try:
            with throttling.attempt(self.request.META["REMOTE_ADDR"]), passwords.hashing():
                return self._check()
        except DomainError as refused:
            self.refused = refused
            raise ValidationError(str(refused)) from None

    def _check(self) -> Any:
        try:
            return super().clean()
        except ValidationError:
            services.record_failed_login(self.cleaned_data.get("username") or "")
            raise IncorrectCredentialsError from None


class OwnPasswordForm(PasswordChangeForm):
    """One's own password: the old one opens the way, the service saves the new one.

    A wrong old one counts as a failed login, so that nobody guesses it on a browser left open.
    """

    refused: DomainError | None = None

    def clean_old_password(self) -> str:
        request = context.current()
        try:
            with throttling.attempt(request.address if request else ""), passwords.hashing():
                return self._old_password()
        except DomainError as refused:
            self.refused = refused
            raise ValidationError(str(refused)) from None

    def _old_password(self) -> str:
        try:
            return super().clean_old_password()
        except ValidationError:
            raise OldPasswordError from None

    @sensitive_variables("cleaned")
    def clean(self) -> Any:
        """Saves, too: what the service refuses has to be said on this page."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        try:
            self.user = accounts.replace_own_password(
                actor=selectors.actor_in_admin(self.user, session_key=None),
                judged_by=self.user.password,
                password=cleaned["new_password1"],
            )
        except DomainError as refused:
            raise ValidationError(str(refused)) from None
        return cleaned

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - Django's signature
        return self.user


class _RolesMixin(forms.ModelForm):
    roles = forms.MultipleChoiceField(
        choices=[
            (Role.ADMINISTRATOR, "Administrator: everything"),
            (Role.PRODUCER, "Producer: graphics and their locks"),
            (Role.SCORER, "Scorer: tournaments, results, scoreboards"),
            (Role.VIEWER, "Viewer: reads"),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Players have none.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "is_staff" in self.fields:
            self.fields["is_staff"].label = "May use the admin"
            self.fields["is_staff"].help_text = MAY_USE_ADMIN


class AccountForm(_RolesMixin):
    class Meta:
        model = User
        fields = [
            "username",
            "display_name",
            "email",
            "is_active",
            "is_staff",
            "discord_id",
            "riot_id",
        ]
        field_classes = {"username": UsernameField}
        help_texts = {"is_active": "Take this away instead of deleting: the history keeps names."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "roles" in self.fields:
            names = self.instance.groups.values_list("name", flat=True)
            self.initial["roles"] = sorted(names)


class NewAccountForm(_RolesMixin, AdminUserCreationForm):
    usable_password = AdminUserCreationForm.create_usable_password_field(
        "Players and others who never sign in by one need none."
    )

    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields = ["username", "display_name", "email", "is_staff", "discord_id", "riot_id"]
