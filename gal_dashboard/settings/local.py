"""A person's own machine: no TLS, everything else as in production."""

from gal_dashboard.settings.base import *
