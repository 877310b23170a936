from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kaogong.foundation.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kaogong.foundation.audit.writing import DatabaseTrail  # noqa: PLC0415  # models are not ready before
        from kaogong.foundation.kernel import trail  # noqa: PLC0415  # models must be loaded first

        trail.install(DatabaseTrail())
