def test_health_answers_everybody(stranger):
    assert stranger.get("/health").json()["status"] == "healthy"


def test_master_password_opens_the_dashboard(api):
    assert api.get("/auth/verify").json()["roles"] == ["Administrator"]
