"""Canvas locks over REST."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from gal_dashboard.api.pagination import flag_of, read_flag
from graphics import locks, selectors
from graphics.base_views import SESSION, GraphicBase
from graphics.serializers import (
    LONGEST_REASON,
    ArchiveInput,
    ClaimInput,
    CleanedSerializer,
    LockListSerializer,
    LockSerializer,
    LockStatusSerializer,
    ReleasedSerializer,
)

FORCE = OpenApiParameter("force", bool, description="Break anybody's lock; Administrators only.")
REASON = OpenApiParameter(
    "reason",
    {"type": "string", "maxLength": LONGEST_REASON},
    description="Why the lock is broken; kept in the audit.",
)
BREAK_LOCKS = "maintenance:write"


class LockViewSet(GraphicBase):
    tag = "locks"
    scopes = {"cleanup": BREAK_LOCKS}
    finding_actions = frozenset({"acquire", "refresh", "release"})

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        is_forced = self.action == "release" and read_flag(request.query_params.get("force", ""))
        if is_forced and not request.user.may(BREAK_LOCKS):
            raise PermissionDenied("Only an Administrator may break another's lock.")

    @extend_schema(request=ClaimInput, responses=LockSerializer)
    def acquire(self, request: Request, pk: int) -> Response:
        """Lock a graphic for editing; again by the same session it extends the same lock.

        409 `graphic_locked` while another session holds it.
        """
        claim = self.claim()
        lease = locks.acquire_lock(graphic_id=pk, claim=claim)
        return Response(selectors.lock_body(lease, claim))

    @extend_schema(request=ClaimInput, responses=LockSerializer)
    def refresh(self, request: Request, pk: int) -> Response:
        """Extend the lock that you hold.

        404 `lock_not_held` if it has ended or is another's: lock the graphic anew.
        """
        claim = self.claim()
        lease = locks.refresh_lock(graphic_id=pk, claim=claim)
        return Response(selectors.lock_body(lease, claim))

    @extend_schema(parameters=[SESSION, FORCE, REASON], responses={200: ReleasedSerializer})
    def release(self, request: Request, pk: int) -> Response:
        """Release your lock; 200 as well if there was none of yours."""
        fields = self.validated_with_query(ArchiveInput)
        if flag_of(request, "force"):
            reason = fields.get("reason") or ""
            released = locks.force_release_lock(graphic_id=pk, actor=request.user, reason=reason)
            nothing = "Nobody held a lock on this graphic."
        else:
            released = locks.release_lock(graphic_id=pk, claim=self.claim(fields))
            nothing = "You held no lock on this graphic."
        message = "The lock was released." if released else nothing
        return Response({"message": message, "released": released})

    @extend_schema(parameters=[SESSION], responses=LockStatusSerializer)
    def status(self, request: Request, pk: int) -> Response:
        """Who edits a graphic, and whether you may."""
        claim = self.claim()
        lease = selectors.live_leases([pk]).get(pk)
        may_write = request.user.may("graphics:write") and selectors.is_public(pk)
        return Response(
            {
                "locked": lease is not None,
                "lock_info": None if lease is None else selectors.lock_body(lease, claim),
                "can_edit": may_write and (lease is None or claim.holds(lease)),
            }
        )

    @extend_schema(responses=LockListSerializer)
    def list(self, request: Request) -> Response:
        """All locks that hold now, the oldest first."""
        found = [
            selectors.lock_body(lease, self.viewer) for lease in selectors.live_leases().values()
        ]
        return Response({"locks": found, "total": len(found)})

    @extend_schema(request=None, responses=CleanedSerializer)
    def cleanup(self, request: Request) -> Response:
        """Announce locks that have run out, which the server does by itself too."""
        count = locks.clean_up_locks(actor=request.user)
        return Response({"message": f"{count} expired locks removed.", "cleaned_count": count})
