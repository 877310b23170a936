from django.apps import AppConfig


class SittingsConfig(AppConfig):
    name = "kaogong.sittings"
    label = "sittings"
    default_auto_field = "django.db.models.BigAutoField"
    whereabouts = {
        "Part": ("sittings.SittingPart", "sitting__region_code"),
        "Round": ("sittings.Round", "region_code"),
        "Sitting": ("sittings.Sitting", "region_code"),
    }
