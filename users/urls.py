from django.urls import path

from users.auth_views import AuthViewSet
from users.session_views import SessionViewSet
from users.views import UserViewSet

urlpatterns = [
    path("auth/login", AuthViewSet.as_view({"post": "login"}), name="login"),
    path("auth/refresh", AuthViewSet.as_view({"post": "refresh"}), name="refresh"),
    path("auth/verify", AuthViewSet.as_view({"get": "verify"}), name="verify"),
    path("auth/logout", AuthViewSet.as_view({"post": "logout"}), name="logout"),
    path("auth/ws-ticket", AuthViewSet.as_view({"post": "ws_ticket"}), name="ws-ticket"),
    path("auth/sessions", SessionViewSet.as_view({"get": "list"}), name="sessions"),
    path("auth/sessions/<id:pk>", SessionViewSet.as_view({"delete": "destroy"}), name="session"),
    path("api/v1/users", UserViewSet.as_view({"get": "list", "post": "create"}), name="users"),
    path(
        "api/v1/users/me",
        UserViewSet.as_view({"get": "me", "patch": "update_me"}),
        name="profile",
    ),
    path(
        "api/v1/users/statistics/overview",
        UserViewSet.as_view({"get": "statistics"}),
        name="user-statistics",
    ),
    path(
        "api/v1/users/discord/<str:discord_id>",
        UserViewSet.as_view({"get": "by_discord"}),
        name="user-by-discord",
    ),
    path(
        "api/v1/users/<id:pk>",
        UserViewSet.as_view(
            {
                "get": "retrieve",
                "put": "update",
                "patch": "partial_update",
                "delete": "destroy",
            }
        ),
        name="user",
    ),
]
