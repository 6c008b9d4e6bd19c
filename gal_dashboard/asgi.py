"""The composition root of the server: which part answers what.

HTTP passes the gate, then goes to the overlay page (from memory), to static files (by ASGI), or in
one hop to Django on one of a few long-lived threads. Django's own ASGI handler would start a thread
and open a database connection for each request. WebSockets go to the consumers.
"""

import asyncio
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gal_dashboard.settings")
django_application = get_wsgi_application()  # sets Django up: imports of apps come after it

from django.conf import settings  # noqa: E402
from django.urls import reverse  # noqa: E402

from gal_dashboard.api.holding import HeldAnswers  # noqa: E402
from gal_dashboard.events.pruner import pruner  # noqa: E402
from gal_dashboard.operations.django_threads import DjangoThreads  # noqa: E402
from gal_dashboard.operations.gate import Gate, GateLimits  # noqa: E402
from gal_dashboard.operations.large_bodies import may_send_large  # noqa: E402
from gal_dashboard.operations.login_queue import LoginQueue  # noqa: E402
from gal_dashboard.operations.measuring import ROUTE, Measured  # noqa: E402
from gal_dashboard.operations.memory import GivesMemoryBack, settle  # noqa: E402
from gal_dashboard.operations.metrics_page import PATH as METRICS_PATH  # noqa: E402
from gal_dashboard.operations.metrics_page import MetricsPage  # noqa: E402
from gal_dashboard.operations.rate_sharing import share  # noqa: E402
from gal_dashboard.operations.rates import Rates  # noqa: E402
from gal_dashboard.operations.rehearsal import rehearse  # noqa: E402
from gal_dashboard.operations.stamps import Stamps  # noqa: E402
from gal_dashboard.operations.static_files import static_files  # noqa: E402
from gal_dashboard.operations.transport_security import TransportSecurity  # noqa: E402
from gal_dashboard.realtime.hub import hub  # noqa: E402
from gal_dashboard.routing import websockets  # noqa: E402
from graphics.overlay_page import PATH as OVERLAY_PATH  # noqa: E402
from graphics.overlay_page import OverlayPage  # noqa: E402
from graphics.ready_views import PATH as READY_PATH  # noqa: E402
from graphics.ready_views import ReadyViews  # noqa: E402
from graphics.sweeper import sweeper  # noqa: E402
from users.league_passwords import adopt_at_start  # noqa: E402

reverse("health")  # imports all views and reads all routes: not with the first request, now

READY_ROUTE = "/api/v1/graphics/{pk}/view"
READY_ROUTE_OF_KEYS = "/api/v1/graphics/k/{overlay_key}/view"

django_threads = DjangoThreads(GivesMemoryBack(django_application), workers=settings.WEB_THREADS)
to_django = LoginQueue(HeldAnswers(django_threads))
overlay_page = Stamps(OverlayPage(frame_ancestors=settings.OVERLAY_FRAME_ANCESTORS))
ready_views = Stamps(ReadyViews(to_django))
metrics_page = Stamps(MetricsPage(to_django))
files_or_django = Stamps(static_files(to_django))


async def http(scope, receive, send) -> None:
    if scope["method"] not in {"GET", "HEAD"} or "gal.refusal" in scope:
        await to_django(scope, receive, send)
    elif ready := READY_PATH.match(scope["path"]):
        scope[ROUTE] = READY_ROUTE if ready[1] else READY_ROUTE_OF_KEYS
        await ready_views(scope, receive, send)
    elif OVERLAY_PATH.match(scope["path"]):
        scope[ROUTE] = "/overlay/{id}"
        await overlay_page(scope, receive, send)
    elif scope["path"] == METRICS_PATH:
        await metrics_page(scope, receive, send)
    else:
        if scope["path"].startswith(settings.STATIC_URL):
            scope[ROUTE] = "/static/{path}"
        await files_or_django(scope, receive, send)


rates = Rates(http)
share(rates.buckets)
gate = TransportSecurity(Gate(Measured(rates), limits=GateLimits(), may_send_large=may_send_large))


async def lifespan(scope, receive, send) -> None:
    """Adopt the passwords, start hub, sweeper and pruner before the first request, stop them.

    What those do first they do beside the rehearsal, not beside the first request.
    """
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await asyncio.to_thread(adopt_at_start)
            await hub.start()
            sweeper.start()
            pruner.start()
            await rehearse(django_threads)
            settle()
            await send({"type": "lifespan.startup.complete"})
        else:
            await hub.stop()
            await asyncio.to_thread(sweeper.stop)
            await asyncio.to_thread(pruner.stop)
            await send({"type": "lifespan.shutdown.complete"})
            return


async def application(scope, receive, send) -> None:
    if scope["type"] == "http":
        # where the server has no lifespan, as Daphne
        hub.ensure_started()
        sweeper.start()
        pruner.start()
        await gate(scope, receive, send)
    elif scope["type"] == "websocket":
        await websockets(scope, receive, send)
    elif scope["type"] == "lifespan":
        await lifespan(scope, receive, send)
    else:
        raise ValueError(f"no part of this server speaks {scope['type']}")
