from django.apps import AppConfig


class BlanksConfig(AppConfig):
    name = "kaogong.blanks"
    label = "blanks"
    default_auto_field = "django.db.models.BigAutoField"
