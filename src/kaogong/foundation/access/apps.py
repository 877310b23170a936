from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "kaogong.foundation.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kaogong.foundation.access import signals  # noqa: PLC0415  # models are loaded only now

        signals.connect()
