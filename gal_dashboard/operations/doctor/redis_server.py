"""Redis, where several server processes need one."""

from collections.abc import Iterator
from typing import Final

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from gal_dashboard.operations.doctor.findings import Finding, ok, problem, warning

PART: Final = "redis"
OLDEST: Final = 6
SECONDS: Final = 3.0


def answers() -> Iterator[Finding]:
    if not settings.REDIS_URL:
        yield ok(PART, "Not used: one server process needs none.")
        return
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
        ) as redis:
            yield from _look_at(redis)
    except (RedisError, OSError, ValueError) as error:
        # not its words: they may repeat the address, and the password in it
        yield problem(
            PART,
            f"Redis does not answer ({type(error).__name__}).",
            "Start it and see that REDIS_URL names it, or empty REDIS_URL for one process.",
        )


def _look_at(redis: Redis) -> Iterator[Finding]:
    version = str(redis.info("server")["redis_version"])
    memory = redis.info("memory")
    policy, most = memory.get("maxmemory_policy", ""), int(memory.get("maxmemory", 0))
    if int(version.partition(".")[0]) < OLDEST:
        yield problem(PART, f"Redis {version} is too old.", f"Install version {OLDEST} or later.")
        return
    yield ok(PART, f"Redis {version} answers.")
    if most and policy.startswith("allkeys"):
        yield warning(
            PART,
            f"When its memory is full, Redis drops anything ({policy}): failed logins are "
            "forgotten then.",
            "Set maxmemory-policy to noeviction or volatile-ttl.",
        )
