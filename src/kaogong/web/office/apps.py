from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "kaogong.web.office"
    label = "office_desk"
