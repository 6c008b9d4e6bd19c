from django.urls import path

from users.auth_views import AuthViewSet

urlpatterns = [
    path("auth/login", AuthViewSet.as_view({"post": "login"}), name="login"),
    path("auth/refresh", AuthViewSet.as_view({"post": "refresh"}), name="refresh"),
    path("auth/verify", AuthViewSet.as_view({"get": "verify"}), name="verify"),
    path("auth/logout", AuthViewSet.as_view({"post": "logout"}), name="logout"),
    path("auth/ws-ticket", AuthViewSet.as_view({"post": "ws_ticket"}), name="ws-ticket"),
]
