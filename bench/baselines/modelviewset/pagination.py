from typing import Any

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.response import Response


class GraphicPagination(LimitOffsetPagination):
    default_limit = 100
    offset_query_param = "skip"

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"graphics": data, "total": self.count})
