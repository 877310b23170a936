from django.apps import AppConfig


class OccupationsConfig(AppConfig):
    name = "kaogong.occupations"
    label = "occupations"
    default_auto_field = "django.db.models.BigAutoField"
