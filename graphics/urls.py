from django.urls import path

from graphics.archive_views import ArchiveViewSet
from graphics.connection_views import ConnectionViewSet
from graphics.key_views import KeyViewSet
from graphics.lock_views import LockViewSet
from graphics.revision_views import RevisionViewSet
from graphics.views import GraphicViewSet

urlpatterns = [
    path(
        "graphics",
        GraphicViewSet.as_view({"get": "list", "post": "create"}),
        name="graphics",
    ),
    path(
        "graphics/<id:pk>",
        GraphicViewSet.as_view(
            {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
        ),
        name="graphic",
    ),
    path(
        "graphics/<id:pk>/view",
        GraphicViewSet.as_view({"get": "public_view"}),
        name="graphic-view",
    ),
    path(
        "graphics/<id:pk>/duplicate",
        GraphicViewSet.as_view({"post": "duplicate"}),
        name="graphic-duplicate",
    ),
    path(
        "graphics/<id:pk>/permanent",
        GraphicViewSet.as_view({"delete": "delete_for_good"}),
        name="graphic-permanent",
    ),
    path(
        "graphics/<id:pk>/revisions",
        RevisionViewSet.as_view({"get": "list"}),
        name="graphic-revisions",
    ),
    path(
        "graphics/<id:pk>/revisions/<id:version>",
        RevisionViewSet.as_view({"get": "retrieve"}),
        name="graphic-revision",
    ),
    path(
        "graphics/<id:pk>/revisions/<id:version>/restore",
        RevisionViewSet.as_view({"post": "restore"}),
        name="graphic-revision-restore",
    ),
    path(
        "graphics/<id:pk>/keys",
        KeyViewSet.as_view({"get": "list", "post": "create"}),
        name="graphic-keys",
    ),
    path(
        "graphics/<id:pk>/keys/<id:key_id>",
        KeyViewSet.as_view({"delete": "revoke"}),
        name="graphic-key",
    ),
    path(
        "graphics/k/<str:overlay_key>/view",
        KeyViewSet.as_view({"get": "public_view"}),
        name="graphic-view-by-key",
    ),
    path("events", GraphicViewSet.as_view({"get": "event_names"}), name="event-names"),
    path("archive", ArchiveViewSet.as_view({"get": "list"}), name="archive"),
    path("archive/<id:pk>", ArchiveViewSet.as_view({"post": "archive"}), name="archive-graphic"),
    path(
        "archive/<id:pk>/restore",
        ArchiveViewSet.as_view({"post": "restore"}),
        name="archive-restore",
    ),
    path(
        "archive/<id:pk>/permanent",
        ArchiveViewSet.as_view({"delete": "delete_for_good"}),
        name="archive-permanent",
    ),
    path("lock/status", LockViewSet.as_view({"get": "list"}), name="locks"),
    path(
        "lock/<id:pk>",
        LockViewSet.as_view({"post": "acquire", "delete": "release"}),
        name="lock",
    ),
    path("lock/<id:pk>/refresh", LockViewSet.as_view({"post": "refresh"}), name="lock-refresh"),
    path("lock/<id:pk>/status", LockViewSet.as_view({"get": "status"}), name="lock-status"),
    path("ws/status", ConnectionViewSet.as_view({"get": "status"}), name="ws-status"),
    path(
        "ws/overlays/reload",
        ConnectionViewSet.as_view({"post": "reload"}),
        name="ws-overlays-reload",
    ),
    path(
        "maintenance/cleanup-locks",
        LockViewSet.as_view({"post": "cleanup"}),
        name="cleanup-locks",
    ),
]
