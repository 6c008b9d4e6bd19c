from django.urls import path

from gal_dashboard.operations.audit_views import AuditViewSet
from gal_dashboard.operations.docs import DocsViewSet
from gal_dashboard.operations.health import HealthViewSet
from gal_dashboard.operations.index import IndexViewSet

urlpatterns = [
    path("", IndexViewSet.as_view({"get": "index"}), name="index"),
    path("health", HealthViewSet.as_view({"get": "alive"}), name="health"),
    path("health/ready", HealthViewSet.as_view({"get": "ready"}), name="health-ready"),
    path("api/v1/audit", AuditViewSet.as_view({"get": "list"}), name="audit"),
    path("openapi.json", DocsViewSet.as_view({"get": "openapi"}), name="openapi"),
    path("asyncapi.json", DocsViewSet.as_view({"get": "asyncapi"}), name="asyncapi"),
    path("docs", DocsViewSet.as_view({"get": "swagger"}), name="docs"),
    path("redoc", DocsViewSet.as_view({"get": "redoc"}), name="redoc"),
]
