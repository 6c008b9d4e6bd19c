from django.urls import path

from gal_dashboard.operations.docs import OpenApiViewSet, RedocView, SwaggerView
from gal_dashboard.operations.health import HealthViewSet
from gal_dashboard.operations.index import IndexViewSet

urlpatterns = [
    path("", IndexViewSet.as_view({"get": "index"}), name="index"),
    path("health", HealthViewSet.as_view({"get": "alive"}), name="health"),
    path("health/ready", HealthViewSet.as_view({"get": "ready"}), name="health-ready"),
    path("openapi.json", OpenApiViewSet.as_view({"get": "openapi"}), name="openapi"),
    path("docs", SwaggerView.as_view(url_name="openapi"), name="docs"),
    path("redoc", RedocView.as_view(url_name="openapi"), name="redoc"),
]
