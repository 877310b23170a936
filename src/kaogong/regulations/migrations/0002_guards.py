"""One provision of a key in one scope on one day: the database refuses a second."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

ONE_IN_FORCE = ExclusionConstraint(
    name="provision_one_in_force",
    expressions=[
        ("key", "="),
        ("region_code", "="),
        ("track", "="),
        ("occupation_code", "="),
        (models.Func("since", "until", function="daterange"), "&&"),
    ],
    deferrable=models.Deferrable.DEFERRED,
    violation_error_message="同一事项在同一范围内不能有两项同时有效的规定。",
)


class Migration(migrations.Migration):
    dependencies = [("regulations", "0001_initial")]
    operations = [BtreeGistExtension(), migrations.AddConstraint(model_name="provision", constraint=ONE_IN_FORCE)]
