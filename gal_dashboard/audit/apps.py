from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "gal_dashboard.audit"
    label = "audit"
    verbose_name = "Audit trail"
