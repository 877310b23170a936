from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    name = "kaogong.registration"
    label = "registration"
    default_auto_field = "django.db.models.BigAutoField"
    whereabouts = {
        "Registration": ("registration.Registration", "region_code"),
        "Roster": ("registration.Roster", "sitting__region_code"),
    }

    def ready(self) -> None:
        """Answer for notices: whom a registration and a sitting concern."""
        from kaogong.foundation.notices import hooks  # noqa: PLC0415  # models must be loaded first
        from kaogong.registration import selectors  # noqa: PLC0415  # models must be loaded first

        hooks.persons_behind("registration_id", selectors.person_behind)
        hooks.persons_behind("sitting_id", selectors.persons_behind_sitting)
