from django.apps import AppConfig


class ItemBankConfig(AppConfig):
    name = "kaogong.itembank"
    label = "itembank"
    default_auto_field = "django.db.models.BigAutoField"
