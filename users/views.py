"""Accounts of staff and players over REST, and one's own profile."""

from http import HTTPStatus

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers as drf
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.pagination import page_of
from gal_dashboard.api.schema import MessageSerializer, page_parameters
from gal_dashboard.api.views import ApiViewSet
from users import accounts, selectors
from users.choices import Role
from users.errors import UserNotFoundError
from users.filters import UserFilter
from users.serializers import (
    ProfileInput,
    UserInput,
    UserListSerializer,
    UserSerializer,
    UserStatisticsSerializer,
)

FILTERS = [
    *page_parameters(),
    OpenApiParameter("is_active", bool, description="Only accounts that are, or are not."),
    OpenApiParameter("role", str, enum=Role.values, description="Only accounts of this role."),
    OpenApiParameter(
        "search", str, description="In user name, display name, Discord id and Riot id."
    ),
]


class UserViewSet(ApiViewSet):
    area = "users"
    # the own account, which every role may read, it may also change in what gives no rights
    scopes = {"update_me": "users:read"}

    def find(self, pk: int | None = None, discord_id: str | None = None, **kwargs: object) -> None:
        if pk is not None and not selectors.user_exists(pk):
            raise UserNotFoundError
        if discord_id is not None:
            self.found_id = selectors.user_id_of_discord(discord_id)
        if self.action == "update_me":
            accounts.refuse_shared_profile(self.request.user)

    def prepare(self) -> None:
        """The hash of a new account's password: SQLite's one writer must not wait for it."""
        if self.action == "create":
            self.fields = self.validated(UserInput)
            self.roles = self.fields.pop("roles", ())
            password = self.fields.pop("password", None)
            self.secret = accounts.hash_for_new(fields=self.fields, password=password)

    @extend_schema(parameters=FILTERS, responses=UserListSerializer)
    def list(self, request: Request) -> Response:
        """Accounts of staff and players, the newest first.

        E-mail addresses are for Administrators; everybody sees the own one.
        """
        page = page_of(request)
        rows = UserFilter(request.query_params, queryset=selectors.user_rows(), request=request)
        if not rows.is_valid():
            raise drf.ValidationError(rows.errors)
        return Response(
            {
                "users": selectors.user_bodies(rows.qs[page.window], reader=request.user),
                "total": rows.qs.count(),
                "page": page.number,
                "per_page": page.limit,
            }
        )

    @extend_schema(request=UserInput, responses={201: UserSerializer})
    def create(self, request: Request) -> Response:
        """A new account. With roles and a password its owner can log in."""
        user = accounts.create_account(
            actor=request.user, fields=self.fields, roles=self.roles, secret=self.secret
        )
        body = selectors.user_body(user.pk, reader=request.user)
        return Response(body, status=HTTPStatus.CREATED)

    @extend_schema(responses=UserSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        """One account."""
        return Response(selectors.user_body(pk, reader=request.user))

    @extend_schema(request=UserInput(partial=True), responses=UserSerializer)
    def update(self, request: Request, pk: int) -> Response:
        """Change the fields that are named; PUT and PATCH do the same.

        Another name, other roles, another password or a disabled account end its sessions.
        """
        fields = self.validated(UserInput, partial=True)
        accounts.update_account(
            actor=request.user,
            user_id=pk,
            roles=fields.pop("roles", None),
            password=fields.pop("password", None),
            fields=fields,
        )
        return Response(selectors.user_body(pk, reader=request.user))

    @extend_schema(request=UserInput, responses=UserSerializer)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change the fields that are named; PUT and PATCH do the same."""
        return self.update(request, pk)

    @extend_schema(responses={200: MessageSerializer})
    def destroy(self, request: Request, pk: int) -> Response:
        """Disable an account and end its sessions. It stays in the records, and can come back."""
        user = accounts.update_account(actor=request.user, user_id=pk, fields={"is_active": False})
        return Response({"message": f"The account {user.username} was disabled."})

    @extend_schema(responses=UserSerializer)
    def by_discord(self, request: Request, discord_id: str) -> Response:
        """The account of a Discord id."""
        return Response(selectors.user_body(self.found_id, reader=request.user))

    @extend_schema(responses=UserStatisticsSerializer)
    def statistics(self, request: Request) -> Response:
        """How many accounts there are, and how many are active."""
        return Response(selectors.statistics())

    @extend_schema(responses=UserSerializer)
    def me(self, request: Request) -> Response:
        """The account that one is signed in with."""
        return Response(selectors.user_body(request.user.user_id, reader=request.user))

    @extend_schema(request=ProfileInput, responses=UserSerializer)
    def update_me(self, request: Request) -> Response:
        """Change one's own display name, e-mail address or Riot id."""
        fields = self.validated(ProfileInput)
        accounts.update_profile(actor=request.user, fields=fields)
        return self.me(request)
