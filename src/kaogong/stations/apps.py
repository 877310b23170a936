from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "kaogong.stations"
    label = "stations"
    default_auto_field = "django.db.models.BigAutoField"
    whereabouts = {
        "Licence": ("stations.Licence", "station__region_code"),
        "Room": ("stations.Room", "station__region_code"),
        "Station": ("stations.Station", "region_code"),
    }
