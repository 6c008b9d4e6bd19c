from django.urls import path

from configuration import converters  # noqa: F401 - registers key and category
from configuration.views import ConfigurationViewSet

urlpatterns = [
    path("configuration", ConfigurationViewSet.as_view({"get": "list"}), name="configurations"),
    path(
        "configuration/bulk-update",
        ConfigurationViewSet.as_view({"post": "bulk_update"}),
        name="configuration-bulk-update",
    ),
    path(
        "configuration/export",
        ConfigurationViewSet.as_view({"get": "export"}),
        name="configuration-export",
    ),
    path(
        "configuration/import",
        ConfigurationViewSet.as_view({"post": "import_"}),
        name="configuration-import",
    ),
    path(
        "configuration/category/<category:category>",
        ConfigurationViewSet.as_view({"get": "by_category"}),
        name="configuration-category",
    ),
    path(
        "configuration/<key:key>",
        ConfigurationViewSet.as_view(
            {"get": "retrieve", "put": "update", "post": "create", "delete": "destroy"}
        ),
        name="configuration",
    ),
    path(
        "configuration/<key:key>/history",
        ConfigurationViewSet.as_view({"get": "history"}),
        name="configuration-history",
    ),
    path(
        "configuration/<key:key>/rollback",
        ConfigurationViewSet.as_view({"post": "rollback"}),
        name="configuration-rollback",
    ),
]
