from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "kaogong.foundation.calendar"
    label = "calendar"
    default_auto_field = "django.db.models.BigAutoField"
