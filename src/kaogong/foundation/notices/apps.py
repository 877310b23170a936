from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "kaogong.foundation.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
    whereabouts = {
        "Notice": ("notices.Notice", "region_code"),
    }

    def ready(self) -> None:
        from kaogong.foundation.access import hooks  # noqa: PLC0415  # models are loaded only now
        from kaogong.foundation.notices import sending  # noqa: PLC0415  # models are loaded only now
        from kaogong.foundation.notices.templates import TEMPLATES  # noqa: PLC0415  # wiring stays in ready()
        from kaogong.foundation.outbox.subscriptions import subscribe  # noqa: PLC0415  # wiring stays in ready()

        hooks.send_with(sending.send_code)
        for template in TEMPLATES:
            subscribe(template.event, "notices.receive")
