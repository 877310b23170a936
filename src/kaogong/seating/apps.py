from django.apps import AppConfig


class SeatingConfig(AppConfig):
    name = "kaogong.seating"
    label = "seating"
    default_auto_field = "django.db.models.BigAutoField"
    whereabouts = {
        "Member": ("seating.PanelMember", "part__sitting__region_code"),
        "Seat": ("seating.Seat", "registration__region_code"),
    }

    def ready(self) -> None:
        """Follow the sittings: panels are re-dated when one moves and freed when it is cancelled."""
        from kaogong.seating import services  # noqa: PLC0415  # models must be ready first
        from kaogong.sittings import hooks  # noqa: PLC0415  # models must be ready first

        hooks.when_moved(services.follow_move)
        hooks.when_cancelled(services.free_panels)
