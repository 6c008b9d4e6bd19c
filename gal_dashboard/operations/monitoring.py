"""What of HTTP, of the database and of the process itself is counted."""

from typing import Final

from gal_dashboard.core import monitoring

REQUESTS: Final = monitoring.counter(
    "gal_http_requests",
    "Requests that were answered, by method, template of the route, and status.",
    ["method", "route", "status"],
)
SECONDS: Final = monitoring.histogram(
    "gal_http_request_seconds",
    "From a request's last byte to the first byte of its answer, waiting for a thread included.",
    ["method", "route"],
)
REFUSALS: Final = monitoring.counter(
    "gal_http_refusals", "Requests that were refused before Django looked at them.", ["code"]
)
RATES_SHARED: Final = monitoring.gauge(
    "gal_rates_shared",
    "1 while the processes judge requests by what all of them let through, or there is only one.",
    together="livemin",
)
IN_FLIGHT: Final = monitoring.gauge(
    "gal_http_requests_in_flight",
    "Requests that came whole and are not answered.",
    together="livesum",
)
THREADS: Final = monitoring.gauge(
    "gal_web_threads", "Threads that answer HTTP, each with a connection.", together="livesum"
)
THREADS_BUSY: Final = monitoring.gauge(
    "gal_web_threads_busy", "Threads that are answering a request.", together="livesum"
)
LOGINS_WAITING: Final = monitoring.gauge(
    "gal_logins_waiting", "Logins that wait in line for their turn.", together="livesum"
)
CONNECTIONS: Final = monitoring.gauge(
    "gal_database_connections", "Connections to the database that are open.", together="livesum"
)
TRANSACTIONS: Final = monitoring.gauge(
    "gal_database_connections_in_transaction",
    "Connections that are in the middle of a transaction.",
    together="livesum",
)
DATABASE_ERRORS: Final = monitoring.counter(
    "gal_database_errors",
    "Statements that failed, by Django's class of the error. IntegrityError is often a refusal.",
    ["error"],
)
MEMORY: Final = monitoring.gauge(
    "gal_process_resident_bytes", "Memory that a process has (Linux).", together="liveall"
)
DESCRIPTORS: Final = monitoring.gauge(
    "gal_process_open_descriptors", "Files and sockets that are open (Linux).", together="liveall"
)
