from django.urls import path

from graphics.views import GraphicViewSet

urlpatterns = [
    path(
        "graphics",
        GraphicViewSet.as_view({"get": "list", "post": "create"}),
        name="graphics",
    ),
    path(
        "graphics/<id:pk>",
        GraphicViewSet.as_view({"get": "retrieve", "put": "update", "patch": "partial_update"}),
        name="graphic",
    ),
    path(
        "graphics/<id:pk>/view",
        GraphicViewSet.as_view({"get": "public_view"}),
        name="graphic-view",
    ),
]
