"""Who asks too often is told so, and nobody else suffers."""

import pytest

from gal_dashboard.operations.rate_buckets import Buckets
from tests.api.refusals import refusal
from tests.support.api import Api
from tests.support.server import RunningServer


class TestBuckets:
    def test_burst_passes_and_then_the_rate(self):
        buckets = Buckets()

        at_once = [buckets.take("a", rate=2, burst=3, now=0) for _ in range(5)]
        later = [buckets.take("a", rate=2, burst=3, now=1) for _ in range(3)]

        assert at_once == [0, 0, 0, 0.5, 0.5]
        assert later == [0, 0, 0.5]

    def test_bucket_is_never_fuller_than_full(self):
        buckets = Buckets()
        buckets.take("a", rate=1, burst=2, now=0)

        taken = [buckets.take("a", rate=1, burst=2, now=1_000_000) for _ in range(3)]

        assert taken == [0, 0, 1]

    def test_each_key_has_its_own(self):
        buckets = Buckets()

        assert buckets.take("a", rate=1, burst=1, now=0) == 0
        assert buckets.take("a", rate=1, burst=1, now=0) == 1
        assert buckets.take("b", rate=1, burst=1, now=0) == 0

    def test_strangers_cannot_fill_the_memory(self):
        buckets = Buckets(most=10)

        for number in range(1000):
            buckets.take(f"stranger {number}", rate=1, burst=1, now=0)

        assert len(buckets) == 10

    def test_new_limits_hold_from_the_next_request_on(self):
        buckets = Buckets()
        for _ in range(10):
            buckets.take("a", rate=10, burst=10, now=0)

        assert buckets.take("a", rate=2, burst=4, now=0) == 0.5
        assert [buckets.take("a", rate=2, burst=4, now=60) for _ in range(5)] == [0, 0, 0, 0, 0.5]


class TestWhatIsTold:
    """What ``rate_sharing`` asks of the buckets."""

    def test_what_passed_is_handed_out_once_and_refusals_are_not(self):
        buckets = Buckets()
        buckets.take("before", rate=1, burst=1, now=0)
        buckets.begin_to_note(hurry=lambda: None)

        for key in "aaab":
            buckets.take(key, rate=1, burst=2, now=0)

        told = [(one.key, one.tokens, one.rate, one.burst) for one in buckets.hand_out(10)]
        assert told == [("a", 2, 1, 2), ("b", 1, 1, 2)]
        assert buckets.hand_out(10) == []

    def test_of_too_many_keys_the_greatest_come_first_and_the_others_later(self):
        buckets = Buckets()
        buckets.begin_to_note(hurry=lambda: None)
        for key, burst in [("small", 100), *[("great", 100)] * 3, ("of little", 2)]:
            buckets.take(key, rate=1, burst=burst, now=0)

        assert [one.key for one in buckets.hand_out(1)] == ["of little"]
        buckets.take("small", rate=1, burst=100, now=0)
        assert {one.key: one.tokens for one in buckets.hand_out(2)} == {"great": 3, "small": 2}

    def test_much_of_one_key_is_urgent(self):
        urgent: list[None] = []
        buckets = Buckets()
        buckets.begin_to_note(hurry=lambda: urgent.append(None))

        for number in range(99):
            buckets.take(f"stranger {number}", rate=1, burst=100, now=0)
        assert not urgent
        for _ in range(13):
            buckets.take("one", rate=1, burst=100, now=0)
        assert urgent

    def test_news_lower_what_is_left_and_never_raise_it(self):
        buckets = Buckets()
        buckets.begin_to_note(hurry=lambda: None)
        buckets.take("a", rate=1, burst=10, now=0)
        buckets.hand_out(10)

        buckets.take("a", rate=1, burst=10, now=0)  # after what the news speak of
        buckets.learn("a", 2, now=0)
        assert buckets.take("a", rate=1, burst=10, now=0) == 0
        assert buckets.take("a", rate=1, burst=10, now=0) == 1
        buckets.learn("a", 10, now=0)
        assert buckets.take("a", rate=1, burst=10, now=0) == 1

    def test_a_debt_is_paid_before_anybody_gets_a_token(self):
        buckets = Buckets()
        buckets.begin_to_note(hurry=lambda: None)
        buckets.take("a", rate=2, burst=10, now=0)
        buckets.hand_out(10)

        buckets.learn("a", -5, now=0)

        assert buckets.take("a", rate=2, burst=10, now=0) == 3
        assert buckets.take("a", rate=2, burst=10, now=3) == 0

    def test_what_was_forgotten_is_not_told(self):
        buckets = Buckets(most=1)
        buckets.begin_to_note(hurry=lambda: None)
        buckets.take("a", rate=1, burst=10, now=0)
        buckets.take("b", rate=1, burst=10, now=0)

        assert [one.key for one in buckets.hand_out(10)] == ["b"]
        buckets.learn("a", 0, now=0)
        assert len(buckets) == 1

    def test_after_a_fault_one_begins_anew(self):
        buckets = Buckets()
        buckets.begin_to_note(hurry=lambda: None)
        buckets.take("a", rate=1, burst=10, now=0)
        buckets.begin_to_note(hurry=lambda: None)
        buckets.take("a", rate=1, burst=10, now=0)

        assert [one.tokens for one in buckets.hand_out(10)] == [1]


@pytest.fixture(scope="module")
def strict_server(databases, tmp_path_factory):
    """Limits so low that a busy machine meets them, too."""
    running = RunningServer(
        database_url=databases["sqlite"].new(),
        log=tmp_path_factory.mktemp("rates") / "server.log",
        environment={
            "RATE_LIMITS": "on",
            "GAL_LIMITS_ADDRESS_REQUESTS_PER_SECOND": "1",
            "GAL_LIMITS_ADDRESS_BURST": "6",
            "GAL_LIMITS_SESSION_REQUESTS_PER_SECOND": "4",
        },
    ).start()
    yield running
    running.close()


def statuses(client: Api, path: str, times: int = 60) -> list[int]:
    return [client.get(path).status_code for _ in range(times)]


def test_flood_of_one_address_is_refused_and_others_are_served(strict_server):
    with Api(strict_server) as flood, Api(strict_server) as other:
        answers = [flood.get("/api/v1/scoreboard/snapshots") for _ in range(60)]

        assert answers[0].status_code == 200
        refused = [answer for answer in answers if answer.status_code != 200]
        assert refused
        body = refusal(refused[0], 429, "too_many_requests")
        assert body["retry_after"] == int(refused[0].headers["Retry-After"]) >= 1
        assert refused[0].headers["Access-Control-Allow-Origin"] == "*"
        assert other.get("/api/v1/scoreboard/snapshots").status_code == 200


def test_session_is_counted_wherever_it_comes_from(strict_server):
    with Api(strict_server) as client, Api(strict_server) as elsewhere:
        client.login()
        elsewhere.headers["Authorization"] = client.headers["Authorization"]

        both = [
            one.get("/api/v1/graphics").status_code
            for _ in range(30)
            for one in (client, elsewhere)
        ]

        assert set(both) == {200, 429}


def test_token_of_nobody_is_counted_by_its_address(strict_server):
    with Api(strict_server) as stranger:
        found = []
        for number in range(60):
            stranger.headers["Authorization"] = f"Bearer made.up.{number}"
            found.append(stranger.get("/api/v1/graphics").status_code)

        assert set(found) == {401, 429}


def test_overlays_and_health_go_on_while_their_address_is_refused(strict_server):
    with Api(strict_server) as client:
        assert 429 in statuses(client, "/api/v1/scoreboard/snapshots")

        assert set(statuses(client, "/health", 20)) == {200}
        assert set(statuses(client, "/overlay/1", 20)) == {200}
        assert set(statuses(client, "/api/v1/graphics/1/view", 20)) == {404}
