"""Who is told which part of the server does not answer."""

import pytest

from tests.support.api import Api


def test_monitoring_is_told_which_part_answers(stranger: Api, monitoring_token: str):
    answer = stranger.get("/health/ready", headers={"Authorization": f"Bearer {monitoring_token}"})

    assert answer.status_code == 200
    assert answer.json()["parts"]["database"] is True
    assert answer.json()["configuration_problems"] == {}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer nonsense", "Basic YTpi", "Bearer \u00e9\u00e9"]
)
def test_strangers_are_told_only_whether(stranger: Api, monitoring_token: str, header: str):
    answer = stranger.get("/health/ready", headers={"Authorization": header.encode("latin-1")})

    assert answer.status_code == 200
    assert set(answer.json()) == {"status", "timestamp"}


def test_token_of_the_monitoring_opens_nothing_else(stranger: Api, monitoring_token: str):
    answer = stranger.get(
        "/api/v1/graphics", headers={"Authorization": f"Bearer {monitoring_token}"}
    )

    assert answer.status_code == 401
