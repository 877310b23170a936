"""One digest for each person: whoever looks up asks under every key, so none needs a second one while keys turn."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_guards")]

    operations = [
        migrations.RemoveIndex(model_name="person", name="person_digest_next"),
        migrations.RemoveField(model_name="person", name="document_digest_next"),
    ]
