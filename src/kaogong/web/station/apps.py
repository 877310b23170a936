from django.apps import AppConfig


class StationConfig(AppConfig):
    name = "kaogong.web.station"
    label = "station_desk"
