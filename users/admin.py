"""People in the admin: accounts, their roles and passwords, and where they are signed in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin  # noqa: F401 - registered before it is taken out
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_post_parameters

from gal_dashboard.audit import trail
from gal_dashboard.core import admin_ports
from gal_dashboard.core.admin import ReadOnlyModelAdmin, TimeFilter
from gal_dashboard.core.admin_site import PEOPLE
from gal_dashboard.core.context import Actor
from gal_dashboard.core.errors import DomainError
from users import accounts, services
from users.admin_files import AccountFilesMixin
from users.admin_forms import AccountForm, LoginForm, NewAccountForm, OwnPasswordForm
from users.choices import LEAGUE_ACCOUNTS, EndReason, Role
from users.last_seen import last_seen
from users.models import Session, User
from users.selectors import actor_in_admin, roles_of

admin.site.unregister(Group)  # roles are groups by fixed names; what they may do stands in the code
admin.site.login_form = LoginForm
admin.site.password_change_form = OwnPasswordForm


def actor_of(request: HttpRequest) -> Actor:
    return actor_in_admin(request.user, session_key=request.session.session_key)


admin_ports.register_actors(actor_of)


@receiver(user_logged_in, dispatch_uid="gal_admin_login")
def record_login(sender: object, request: HttpRequest, user: User, **kwargs: object) -> None:
    actor = actor_in_admin(user, session_key=request.session.session_key)
    trail.record("session.started", actor=actor, target=user)


@receiver(user_logged_out, dispatch_uid="gal_admin_logout")
def record_logout(
    sender: object, request: HttpRequest, user: User | None, **kwargs: object
) -> None:
    if user is not None:
        actor = actor_in_admin(user, session_key=request.session.session_key)
        trail.record("session.ended", actor=actor, target=user)


CONFIDENTIAL = frozenset({"email", "password_state", "last_login"})  # for Administrators


class HasRole(admin.SimpleListFilter):
    title = "role"
    parameter_name = "role"

    def lookups(self, request, model_admin):
        return [("none", "No role (players)"), *Role.choices]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() == "none":
            return queryset.filter(groups=None, is_superuser=False)
        return queryset.filter(groups__name=self.value())


@admin.register(User)
class AccountAdmin(AccountFilesMixin):
    area = "users"
    section = PEOPLE
    purpose = "Who works here and who plays: names, roles, passwords."

    class Media:
        css = {"all": ["users/admin.css"]}

    form = AccountForm
    list_display = ["username", "display_name", "role_names", "may_use_admin", "is_active"]
    list_filter = [HasRole, "is_active"]
    search_fields = ["username", "display_name", "discord_id", "riot_id"]
    ordering = ["username"]
    readonly_fields = ["password_state", "is_superuser", "last_login", "created_at", "updated_at"]
    fieldsets = [
        (None, {"fields": ["username", "display_name", "email", "is_active"]}),
        ("Access", {"fields": ["roles", "is_staff", "password_state", "is_superuser"]}),
        ("As a player", {"fields": ["discord_id", "riot_id"]}),
        ("Times", {"fields": ["last_login", "created_at", "updated_at"]}),
    ]
    new_fieldsets = [
        (None, {"fields": ["username", "display_name", "email"]}),
        ("Access", {"fields": ["roles", "is_staff"]}),
        ("Password", {"fields": ["usable_password", "password1", "password2"]}),
        ("As a player", {"fields": ["discord_id", "riot_id"]}),
    ]
    add_form_template = "users/admin/account_add.html"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.new_fieldsets
        if self.may_write(request):
            return self.fieldsets
        return [
            (title, {"fields": [name for name in options["fields"] if name not in CONFIDENTIAL]})
            for title, options in self.fieldsets
        ]

    def get_form(self, request, obj=None, **kwargs):
        if obj is None:
            kwargs["form"] = NewAccountForm
        return super().get_form(request, obj, **kwargs)

    def has_change_permission(self, request, obj=None):
        is_fixed = obj is not None and obj.username in LEAGUE_ACCOUNTS
        return not is_fixed and super().has_change_permission(request, obj)

    def has_history_permission(self, request, obj):
        return self.may_write(request)  # it tells former e-mail addresses

    def lookup_allowed(self, lookup, value, request):
        """Filtering by what one may not see would tell it letter by letter."""
        secret = lookup.startswith("password") or (
            lookup.startswith("email") and not self.may_write(request)
        )
        return not secret and super().lookup_allowed(lookup, value, request)

    def prepare(self, request: HttpRequest, object_id: str | None) -> Mapping[str, Any]:
        """The hash of a new account's password: SQLite's one writer must not wait for it."""
        if object_id is not None or not self.has_add_permission(request):
            return {}
        form = self.get_form(request)(request.POST)
        if not form.is_valid():
            return {}
        fields = form.cleaned_data
        password = _password_in(fields)
        return {"secret": accounts.hash_for_new(fields=_columns(fields), password=password)}

    def create(self, *, actor: Actor, fields: Mapping[str, Any]) -> User:
        return accounts.create_account(
            actor=actor,
            fields=_columns(fields),
            roles=fields["roles"],
            password=_password_in(fields),
            secret=fields.get("secret"),
        )

    def update(self, changed: User, *, actor: Actor, fields: Mapping[str, Any], seen: str) -> User:
        self.refuse_if_changed(accounts.lock_account(changed.pk), seen)
        return accounts.update_account(
            actor=actor, user_id=changed.pk, fields=_columns(fields), roles=fields["roles"]
        )

    # --- Columns ----------------------------------------------------------------------------------

    @admin.display(description="Roles")
    def role_names(self, user: User) -> str:
        names = sorted(group.name for group in user.groups.all())
        return ", ".join(["Superuser", *names] if user.is_superuser else names)

    @admin.display(description="Roles")
    def roles(self, user: User) -> str:
        return ", ".join(sorted(roles_of(user)))

    @admin.display(description="Admin", boolean=True, ordering="is_staff")
    def may_use_admin(self, user: User) -> bool:
        return user.is_staff

    @admin.display(description="Password")
    def password_state(self, user: User) -> SafeString | str:
        if user.username in LEAGUE_ACCOUNTS:
            return "None: this account stands for whoever knows the league's password."
        url = reverse("admin:users_user_password", args=[user.pk])
        state, verb = ("Set.", "Change it") if user.has_usable_password() else ("None.", "Set one")
        return format_html('{} <a href="{}">{}</a>', state, url, verb)

    # --- Passwords --------------------------------------------------------------------------------

    def get_urls(self):
        view = self.admin_site.admin_view(self.password_view)
        return [path("<id>/password/", view, name="users_user_password"), *super().get_urls()]

    @method_decorator(sensitive_post_parameters())
    def password_view(self, request: HttpRequest, id: str) -> HttpResponse:  # noqa: A002 - the name in the URL
        """Django's own form for it; the service saves, and signs the account out everywhere."""
        user = self.get_object(request, unquote(id))
        if user is None:
            raise Http404
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        form = AdminPasswordChangeForm(user, request.POST if request.method == "POST" else None)
        if form.is_valid() and self._is_password_set(request, user, form):
            return HttpResponseRedirect(reverse("admin:users_user_change", args=[user.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Password of {user.get_username()}",
            "form": form,
            "opts": self.opts,
            "original": user,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/auth/user/change_password.html", context)

    def _is_password_set(
        self, request: HttpRequest, user: User, form: AdminPasswordChangeForm
    ) -> bool:
        """Whether the service took it; if not, the form says why."""
        wants_one = form.cleaned_data["set_usable_password"]
        try:
            accounts.set_password(
                actor=admin_ports.actor_of(request),
                user_id=user.pk,
                password=form.cleaned_data["password1"] if wants_one else None,
            )
        except DomainError as refused:
            form.add_error(None, str(refused))
            return False
        said = "has a new password" if wants_one else "has no password any more"
        messages.success(request, f"{user} {said} and is signed out everywhere.")
        return True


@admin.register(Session)
class SessionAdmin(ReadOnlyModelAdmin):
    area = "users"
    view_scope = "users:write"
    section = PEOPLE
    position = 2
    purpose = "Who is signed in to the API, from where, since when. Any session can be ended."

    list_display = ["user", "kind", "address", "program", "created_at", "last_seen", "state"]
    list_filter = ["kind", ("ended_at", admin.EmptyFieldListFilter), ("created_at", TimeFilter)]
    list_select_related = ["user"]
    search_fields = ["user__username", "address", "agent"]
    fields = [
        "user",
        "kind",
        "address",
        "agent",
        "created_at",
        "last_seen",
        "expires_at",
        "state",
    ]
    actions = ["end_sessions"]

    @admin.display(description="Program")
    def program(self, session: Session) -> str:
        return session.agent[:60]

    @admin.display(description="Last seen", ordering="last_seen_at")
    def last_seen(self, session: Session) -> datetime:
        return last_seen.of(session.sid, session.last_seen_at)

    @admin.display(description="State")
    def state(self, session: Session) -> str:
        if session.ended_at is not None:
            return f"{session.get_ended_reason_display()} at {session.ended_at:%Y-%m-%d %H:%M} UTC"
        if session.expires_at <= timezone.now():
            return "Expired"
        return "Signed in"

    @admin.action(description="End selected sessions: their tokens and sockets stop working")
    def end_sessions(self, request: HttpRequest, queryset: QuerySet) -> None:
        actor = admin_ports.actor_of(request)
        with admin_ports.recording():
            ended = sum(
                services.end_session(actor=actor, session=session, reason=EndReason.ENDED_BY_STAFF)
                for session in queryset.select_related("user").order_by("pk")
            )
        self.message_user(request, f"Sessions ended: {ended}.", messages.SUCCESS)


def _password_in(fields: Mapping[str, Any]) -> str | None:
    return fields["password1"] if fields["set_usable_password"] else None


def _columns(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What of a form's fields is a column of the account."""
    names = ("username", "display_name", "email", "is_active", "is_staff", "discord_id", "riot_id")
    return {name: fields[name] for name in names if name in fields}
