"""Who may call a view. Deny by default: a view without ``area`` that is not public is refused."""

from rest_framework.permissions import SAFE_METHODS, BasePermission


class HasScope(BasePermission):
    """The caller's roles must allow ``<area>:read``, or ``<area>:write`` to change something.

    Views name their ``area``; an action may ask for more through ``scopes = {action: scope}``.
    """

    message = "Your role does not allow this."

    def has_permission(self, request, view) -> bool:
        actor = request.user
        if actor is None:
            return False  # DRF answers 401: nobody is signed in
        area = getattr(view, "area", None)
        if area is None:
            return False
        default = f"{area}:{'read' if request.method in SAFE_METHODS else 'write'}"
        return actor.may(getattr(view, "scopes", {}).get(getattr(view, "action", None), default))


class IsSignedIn(BasePermission):
    """Anybody with a live session, whatever the role."""

    def has_permission(self, request, view) -> bool:
        return request.user is not None


class IsPublic(BasePermission):
    """Everybody. Bad tokens are ignored, and browsers of any origin may read the answer."""

    def has_permission(self, request, view) -> bool:
        return True
