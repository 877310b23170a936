from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "kaogong.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"
    whereabouts = {
        "Attempt": ("delivery.Attempt", "region_code"),
        "Share": ("delivery.CustodyShare", "custody__part__sitting__region_code"),
    }

    def ready(self) -> None:
        """Follow sittings that move, and tell the item bank who needs a practical task at work."""
        from kaogong.delivery import selectors, services  # noqa: PLC0415  # models must be loaded first
        from kaogong.itembank import hooks as itembank  # noqa: PLC0415  # models must be loaded first
        from kaogong.sittings import hooks as sittings  # noqa: PLC0415  # models must be loaded first

        sittings.when_moved(services.follow_move)
        itembank.answer_may_read_task(selectors.may_read_task)
