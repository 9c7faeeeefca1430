#!/usr/bin/env python3
"""The Django project of the interop tests: `manage.py djelme_backend_check` and the like."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    execute_from_command_line(sys.argv)
