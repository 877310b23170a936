from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "kaogong.web.public"
    label = "public_desk"
