from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "kaogong.certificates"
    label = "certificates"
    default_auto_field = "django.db.models.BigAutoField"
    whereabouts = {
        "Certificate": ("certificates.Certificate", "region_code"),
    }

    def ready(self) -> None:
        """Answer registration's question about earlier certificates."""
        from kaogong.certificates import selectors  # noqa: PLC0415  # models must be ready
        from kaogong.registration import hooks  # noqa: PLC0415  # models must be ready

        hooks.answer_earlier_awards(selectors.earlier_awards)
