from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "kaogong.foundation.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
    whereabouts = {
        "Keep": ("identity.Person", "region_code"),
        "Person": ("identity.Person", "region_code"),
    }
