"""Runs a Django management command that needs no database: `python scripts/offline.py makemigrations --check`."""

from __future__ import annotations

import os
import sys
import tempfile
import warnings

from django.core.management import execute_from_command_line

os.environ["DJANGO_SETTINGS_MODULE"] = "kaogong.config.settings"
os.environ["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:9/nothing"
os.environ["KAOGONG_VAR"] = tempfile.mkdtemp(prefix="kaogong-offline-")
warnings.filterwarnings("ignore", message="Got an error checking a consistent migration history")
execute_from_command_line(sys.argv)
