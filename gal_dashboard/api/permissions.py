"""Who may call a view. Deny by default: a view without ``area`` that is not public is refused."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission


def required_scope(view: Any, action: str | None, method: str) -> str | None:
    """What a role must allow for ``action``; ``None``: nobody may, whatever the role.

    The area of the view gives ``<area>:read``, or ``<area>:write`` to change something; an action
    may ask for another one through ``scopes = {action: scope}``. The documentation asks this, too.
    """
    area = getattr(view, "area", None)
    if area is None:
        return None
    default = f"{area}:{'read' if method in SAFE_METHODS else 'write'}"
    scope: str = getattr(view, "scopes", {}).get(action, default)
    return scope


class HasScope(BasePermission):
    """The caller's roles must allow what the view asks for."""

    message = "Your role does not allow this."

    def has_permission(self, request, view) -> bool:
        actor = request.user
        if actor is None:
            return False  # DRF answers 401: nobody is signed in
        scope = required_scope(view, getattr(view, "action", None), request.method)
        return scope is not None and actor.may(scope)


class IsSignedIn(BasePermission):
    """Anybody with a live session, whatever the role."""

    def has_permission(self, request, view) -> bool:
        return request.user is not None


class IsPublic(BasePermission):
    """Everybody. Bad tokens are ignored, and browsers of any origin may read the answer."""

    def has_permission(self, request, view) -> bool:
        return True
