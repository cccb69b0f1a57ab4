#!/usr/bin/env python
"""Tallydesk's command line: ``python manage.py help`` lists the commands."""

import os
import sys


def main() -> None:
    """Run the named command with the development settings unless told otherwise."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    if sys.argv[1:] == ["start"]:
        from config import supervisor  # it stays as long as the installation runs, and does so without Django

        supervisor.main()
        return
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
