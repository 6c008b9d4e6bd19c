from django.db import models


class GraphicQuerySet(models.QuerySet):
    def on_air(self):
        """What overlays may show."""
        return self.filter(archived=False)
