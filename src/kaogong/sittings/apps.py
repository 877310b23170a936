from django.apps import AppConfig


class SittingsConfig(AppConfig):
    name = "kaogong.sittings"
    label = "sittings"
    default_auto_field = "django.db.models.BigAutoField"
