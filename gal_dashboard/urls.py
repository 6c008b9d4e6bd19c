"""The addresses of all apps, gathered."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("graphics.urls")),
    path("api/v1/", include("tournaments.urls")),
    path("api/v1/", include("configuration.urls")),
    path("", include("users.urls")),
    path("", include("gal_dashboard.operations.urls")),
]

handler400 = "gal_dashboard.operations.faults.bad_request"
handler403 = "gal_dashboard.operations.faults.permission_denied"
handler404 = "gal_dashboard.operations.faults.not_found"
handler500 = "gal_dashboard.operations.faults.server_error"
