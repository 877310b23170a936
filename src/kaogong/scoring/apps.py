from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "kaogong.scoring"
    label = "scoring"
    default_auto_field = "django.db.models.BigAutoField"
    whereabouts = {
        "Dispute": ("scoring.Dispute", "region_code"),
        "Recheck": ("scoring.Recheck", "region_code"),
        "Result": ("scoring.Result", "region_code"),
    }

    def ready(self) -> None:
        """Tell registration which parts a person has passed before, and the bank which items were ruled on."""
        from kaogong.itembank import hooks as bank  # noqa: PLC0415  # models must be loaded first
        from kaogong.registration import hooks  # noqa: PLC0415  # models must be loaded first
        from kaogong.scoring import selectors  # noqa: PLC0415  # models must be loaded first

        hooks.answer_passed_parts(selectors.passed_parts)
        bank.answer_ruled_at(selectors.ruled_at)
