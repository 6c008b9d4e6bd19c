"""The baseline "Django ModelViewSet": Django REST framework as its tutorial has it.

``ModelViewSet`` and ``ModelSerializer``, tokens of simplejwt with its own authentication class,
``JSONField``, and Django's own ASGI handler.
"""
