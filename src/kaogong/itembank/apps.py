from django.apps import AppConfig


class ItemBankConfig(AppConfig):
    name = "kaogong.itembank"
    label = "itembank"
    default_auto_field = "django.db.models.BigAutoField"
    whereabouts = {
        "Item": ("itembank.Item", "region_code"),
        "Paper": ("itembank.Paper", "region_code"),
        "Resemblance": ("itembank.Resemblance", "first__item__region_code"),
        "Set": ("itembank.PaperSet", "region_code"),
        "SubBank": ("itembank.SubBank", "region_code"),
        "Translation": ("itembank.ItemTranslation", "region_code"),
        "Version": ("itembank.ItemVersion", "item__region_code"),
    }
