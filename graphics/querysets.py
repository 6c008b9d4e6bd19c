from django.db import models


class GraphicQuerySet(models.QuerySet):
    def on_air(self):
        """What overlays may show."""
        return self.filter(archived=False)

    def newest_change_first(self):
        return self.order_by("-updated_at", "-pk")
