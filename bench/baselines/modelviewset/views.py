from datetime import timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import status, viewsets
from rest_framework.decorators import action, api_view, permission_classes
from rest_framework.exceptions import APIException
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from bench.baselines.modelviewset.models import CanvasLock, Graphic, Standing
from bench.baselines.modelviewset.serializers import (
    CanvasLockSerializer,
    GraphicSerializer,
    GraphicViewSerializer,
    StandingSerializer,
)

LOCK_LIFE = timedelta(minutes=5)


class LockedError(APIException):
    status_code = status.HTTP_423_LOCKED
    default_detail = "Graphic is locked."


class GraphicViewSet(viewsets.ModelViewSet):
    queryset = Graphic.objects.filter(archived=False).select_related("canvas_lock")
    serializer_class = GraphicSerializer

    def perform_create(self, serializer: Any) -> None:
        name = self.request.user.get_username()
        serializer.save(created_by=name, updated_by=name)

    def perform_update(self, serializer: Any) -> None:
        name = self.request.user.get_username()
        held = getattr(serializer.instance, "canvas_lock", None)
        if held is not None and held.user_name != name:
            raise LockedError
        serializer.save(updated_by=name, version=serializer.instance.version + 1)

    @action(detail=True, permission_classes=[AllowAny], serializer_class=GraphicViewSerializer)
    def view(self, request: Request, pk: str) -> Response:
        return Response(self.get_serializer(self.get_object()).data)


class LockViewSet(viewsets.ViewSet):
    def acquire(self, request: Request, pk: str) -> Response:
        graphic = get_object_or_404(Graphic, pk=pk)
        CanvasLock.objects.filter(expires_at__lte=timezone.now()).delete()
        name = request.user.get_username()
        lock, _ = CanvasLock.objects.get_or_create(
            graphic=graphic,
            defaults={
                "user_name": name,
                "session_id": name,
                "expires_at": timezone.now() + LOCK_LIFE,
            },
        )
        if lock.user_name != name:
            raise LockedError
        return Response(CanvasLockSerializer(lock).data)

    def release(self, request: Request, pk: str) -> Response:
        lock = get_object_or_404(CanvasLock, graphic=pk, user_name=request.user.get_username())
        lock.delete()
        return Response({"message": "Lock released"})


@api_view(["POST"])
def publish_standings(request: Request, tournament_id: int) -> Response:
    serializer = StandingSerializer(data=request.data, many=True)
    serializer.is_valid(raise_exception=True)
    serializer.save(tournament_id=tournament_id)
    return Response({"message": "Published"}, status=status.HTTP_201_CREATED)


@api_view(["GET"])
@permission_classes([AllowAny])
def ranked_players(request: Request) -> Response:
    rows = Standing.objects.filter(tournament_id=request.query_params["tournament_id"])
    players = StandingSerializer(rows, many=True).data
    return Response({"players": players, "total": len(players)})


@api_view(["GET"])
@permission_classes([AllowAny])
def health(request: Request) -> Response:
    return Response({"status": "healthy"})
