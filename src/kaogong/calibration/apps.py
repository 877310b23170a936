from django.apps import AppConfig


class CalibrationConfig(AppConfig):
    name = "kaogong.calibration"
    label = "calibration"
    default_auto_field = "django.db.models.BigAutoField"
