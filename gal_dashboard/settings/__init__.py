"""Settings: ``base`` for all, then ``local`` or ``production`` by ``APP_ENV``; ``test`` for tests.

``DJANGO_SETTINGS_MODULE=gal_dashboard.settings`` follows ``APP_ENV``. Naming one of the modules
directly loads that one alone: importing this package on the way there must read nothing.
"""

import os

if os.environ.get("DJANGO_SETTINGS_MODULE") == "gal_dashboard.settings":
    from environs import validate

    from gal_dashboard.settings.environment import env

    # a misspelt "production" must not run with the settings of somebody's own machine
    known = validate.OneOf(["local", "production"])
    if env.str("APP_ENV", default="local", validate=known) == "production":
        from gal_dashboard.settings.production import *
    else:
        from gal_dashboard.settings.local import *
