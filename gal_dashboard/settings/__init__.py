"""Settings: ``base`` for all, then ``local`` or ``production`` by ``APP_ENV``; ``test`` for tests.

``DJANGO_SETTINGS_MODULE=gal_dashboard.settings`` follows ``APP_ENV``. Naming one of the modules
directly loads that one alone: importing this package on the way there must read nothing.
"""

import os

if os.environ.get("DJANGO_SETTINGS_MODULE") == "gal_dashboard.settings":
    from gal_dashboard.settings.environment import env

    if env.str("APP_ENV", default="local") == "production":
        from gal_dashboard.settings.production import *
    else:
        from gal_dashboard.settings.local import *
