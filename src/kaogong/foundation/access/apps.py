from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "kaogong.foundation.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
    whereabouts = {
        "Account": ("access.Account", "person__region_code"),
        "Deputy": ("access.Deputy", "post__organisation__region_code"),
        "Post": ("access.Post", "organisation__region_code"),
    }

    def ready(self) -> None:
        from kaogong.foundation.access import signals  # noqa: PLC0415  # models are loaded only now
        from kaogong.foundation.access.authenticators import Authenticators  # noqa: PLC0415  # models must be loaded first
        from kaogong.foundation.signing import custody  # noqa: PLC0415  # models must be loaded first

        signals.connect()
        custody.register(Authenticators())
