from django.apps import AppConfig


class PersonnelConfig(AppConfig):
    name = "kaogong.personnel"
    label = "personnel"
    default_auto_field = "django.db.models.BigAutoField"
    whereabouts = {
        "Card": ("personnel.Card", "region_code"),
        "First": ("identity.Person", "region_code"),
    }
