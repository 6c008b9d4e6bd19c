from django.contrib.admin.apps import AdminConfig


class LeagueAdminConfig(AdminConfig):
    """Django's admin with the league's site; stands in ``INSTALLED_APPS`` in its place."""

    default_site = "gal_dashboard.core.admin_site.LeagueAdminSite"
