from django.urls import include, path
from rest_framework.routers import DefaultRouter
from rest_framework_simplejwt.views import TokenObtainPairView

from bench.baselines.modelviewset import views

router = DefaultRouter(trailing_slash=False)
router.register("graphics", views.GraphicViewSet)

urlpatterns = [
    path("health", views.health),
    path("auth/login", TokenObtainPairView.as_view()),
    path("api/v1/", include(router.urls)),
    path(
        "api/v1/lock/<int:pk>",
        views.LockViewSet.as_view({"post": "acquire", "delete": "release"}),
    ),
    path("api/v1/standings/<int:tournament_id>", views.publish_standings),
    path("api/v1/players/ranked", views.ranked_players),
]
