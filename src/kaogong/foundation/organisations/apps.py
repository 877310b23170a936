from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "kaogong.foundation.organisations"
    label = "organisations"
    default_auto_field = "django.db.models.BigAutoField"
    whereabouts = {
        "Organisation": ("organisations.Organisation", "region_code"),
        "Parent": ("organisations.Organisation", "region_code"),
    }
