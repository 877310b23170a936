from django.apps import AppConfig


class RegulationsConfig(AppConfig):
    name = "kaogong.regulations"
    label = "regulations"
    default_auto_field = "django.db.models.BigAutoField"
