import pytest
from django.urls import reverse

from gal_dashboard.audit.models import AuditEntry
from gal_dashboard.core.context import SYSTEM
from gal_dashboard.events.models import Event
from tests.admin.staff import PASSWORD, Staff, errors_in, leaves, new_account
from users import accounts, selectors, services
from users.choices import Role
from users.errors import OldPasswordError
from users.models import Session, User

ADD = "/admin/users/user/add/"
SESSIONS = "/admin/users/session/"
NEW_PASSWORD = "another-password-of-staff"


def page_of(user: User) -> str:
    return reverse("admin:users_user_change", args=[user.pk])


def password_page(user: User) -> str:
    return reverse("admin:users_user_password", args=[user.pk])


def sign_in_to_api(name: str, password: str = PASSWORD) -> Session:
    services.login_by_account(username=name, password=password, agent="a bot")
    return Session.objects.filter(user__username=name).latest("pk")


def is_live(session: Session) -> bool:
    return Session.objects.live().filter(pk=session.pk).exists()


@pytest.fixture
def sam(db) -> User:
    return new_account("sam", Role.SCORER)


@pytest.fixture
def league(db) -> User:
    return User.objects.get(username="dashboard_user")


def test_a_new_account_gets_its_roles_and_its_password(ann):
    fields = {"username": "pia", "roles": ["Producer", "Scorer"], "is_staff": "on"}

    with leaves(deeds=["user.created"], events=["user.created"]):
        answer = ann.save(ADD, "username", **fields, password1=NEW_PASSWORD, password2=NEW_PASSWORD)

    pia = User.objects.get(username="pia")
    assert answer.status_code == 302
    assert selectors.roles_of(pia) == {"Producer", "Scorer"}
    assert pia.check_password(NEW_PASSWORD)
    assert NEW_PASSWORD not in Event.objects.latest("pk").payload


def test_a_player_needs_no_password(ann):
    ann.save(ADD, "username", username="player", usable_password="false", discord_id="123")

    player = User.objects.get(username="player")
    assert not player.has_usable_password()
    assert player.discord_id == "123"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"username": "ann"}, "username", "already exists"),
        ({"username": "ANN"}, "username", "already exists"),
        ({"username": ""}, "username", "required"),
        ({"password2": "something-else-entirely"}, "password2", "match"),
        ({"password1": "12345", "password2": "12345"}, "password2", "too short"),
        ({"password1": "", "password2": ""}, "password1", "required"),
        ({"roles": ["King"]}, "roles", "not one of the available choices"),
        ({"discord_id": "77"}, "discord_id", "already exists"),
    ],
)
def test_a_faulty_account_is_refused_at_its_field(ann, changes, field, sentence):
    User.objects.filter(username="ann").update(discord_id="77")
    fields = {"username": "pia", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    with leaves(deeds=[], events=[]):
        answer = ann.save(ADD, "username", **fields | changes)

    assert sentence in str(answer.context_data["adminform"].form.errors[field])
    assert not User.objects.filter(username="pia").exists()


def test_other_roles_end_the_sessions_in_which_the_old_ones_count(ann, sam):
    session = sign_in_to_api("sam")

    with leaves(deeds=["session.ended", "user.updated"], events=["user.updated"]):
        ann.save(page_of(sam), "username", roles=["Viewer"])

    assert selectors.roles_of(sam) == {"Viewer"}
    assert not is_live(session)
    assert AuditEntry.objects.get(action="user.updated").changes == {"roles": ["Scorer", "Viewer"]}


def test_another_name_ends_no_session(ann, sam):
    session = sign_in_to_api("sam")

    ann.save(page_of(sam), "username", display_name="Sam")

    assert is_live(session)


def test_saving_what_is_there_tells_nobody(ann, sam):
    with leaves(deeds=[], events=[]):
        ann.save(page_of(sam), "username")


def test_a_disabled_account_is_out_of_the_admin_at_once(ann, sam):
    sams_browser = Staff(sam)
    assert sams_browser.get("/admin/").status_code == 200

    ann.save(page_of(sam), "username", is_active=None)

    assert sams_browser.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"), [({"is_active": None}, "is_active"), ({"is_staff": None}, "is_staff")]
)
def test_nobody_locks_oneself_out(ann, bob, changes, field):
    with leaves(deeds=[], events=[]):
        answer = ann.save(page_of(ann.user), "username", **changes)

    assert answer.context_data["adminform"].form.errors[field]


def test_an_administrator_cannot_drop_the_own_role(ann, bob):
    answer = ann.save(page_of(ann.user), "username", roles=["Viewer"])

    assert errors_in(answer) == ["You cannot take this role from yourself."]


def test_the_last_administrator_stays_one(ann, bob):
    bob.save(page_of(ann.user), "username", roles=["Viewer"])

    with leaves(deeds=[], events=[]):
        disabled = bob.save(page_of(bob.user), "username", is_active=None)

    assert errors_in(disabled) == ["bob is the last Administrator. Make somebody else one first."]


def test_other_roles_count_in_an_open_admin_at_once(ann, bob):
    assert bob.get(ADD).status_code == 200

    ann.save(page_of(bob.user), "username", roles=["Viewer"])

    assert bob.get(ADD).status_code == 403


def test_of_two_who_change_an_account_the_second_is_told(ann, bob, sam):
    stale = ann.fill(page_of(sam), "username", display_name="By Ann")
    bob.save(page_of(sam), "username", display_name="By Bob")

    assert errors_in(ann.post(page_of(sam), stale))[0].startswith("bob changed this at")


def test_a_new_password_signs_the_account_out_everywhere(ann, sam):
    session, sams_browser = sign_in_to_api("sam"), Staff(sam)

    with leaves(deeds=["session.ended", "user.password_changed"], events=["user.updated"]):
        answer = ann.save(
            password_page(sam), "password1", password1=NEW_PASSWORD, password2=NEW_PASSWORD
        )

    assert answer.url == page_of(sam)
    sam.refresh_from_db()
    assert sam.check_password(NEW_PASSWORD)
    assert not is_live(session)
    assert sams_browser.get("/admin/").status_code == 302


def test_a_password_can_be_taken_away(ann, sam):
    ann.save(password_page(sam), "password1", usable_password="false")

    sam.refresh_from_db()
    assert not sam.has_usable_password()


def test_a_weak_password_is_refused(ann, sam):
    with leaves(deeds=[], events=[]):
        answer = ann.save(password_page(sam), "password1", password1="sam", password2="sam")

    assert "too short" in " ".join(errors_in(answer))


def test_ones_own_password_needs_the_old_one(ann):
    path = reverse("admin:password_change")
    fields = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}

    with leaves(deeds=[], events=[]):
        ann.save(path, "old_password", old_password="wrong", **fields)
    with leaves(deeds=["user.password_changed"], events=["user.updated"]):
        answer = ann.save(path, "old_password", old_password=PASSWORD, **fields)

    assert answer.url == reverse("admin:password_change_done")
    assert ann.get("/admin/").status_code == 200, "one stays signed in where one changed it"
    assert User.objects.get(username="ann").check_password(NEW_PASSWORD)


def test_ones_old_password_cannot_be_guessed(ann):
    path = reverse("admin:password_change")
    wrong = ann.fill(path, "old_password", old_password="wrong", new_password1=NEW_PASSWORD)

    answers = [ann.post(path, wrong, REMOTE_ADDR="192.0.2.77") for _ in range(6)]

    told = [errors_in(answer)[0] for answer in answers]
    assert ["Too many failed attempts" in sentence for sentence in told] == [False] * 5 + [True]


def test_who_was_shut_out_gets_not_in_again_by_the_old_password(sam):
    judged_by = sam.password
    actor = selectors.actor_in_admin(sam, session_key=None)
    accounts.set_password(actor=SYSTEM, user_id=sam.pk, password=NEW_PASSWORD)

    with pytest.raises(OldPasswordError), leaves(deeds=[], events=[]):
        accounts.replace_own_password(
            actor=actor, judged_by=judged_by, password="what-the-guest-wants"
        )

    assert User.objects.get(pk=sam.pk).check_password(NEW_PASSWORD)


def test_the_accounts_of_the_leagues_passwords_cannot_be_changed(ann, league):
    assert 'name="_save"' not in ann.open(page_of(league))
    assert ann.post(page_of(league), {"username": "x"}).status_code == 403
    fields = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert ann.get(password_page(league)).status_code == 403
    assert ann.post(password_page(league), fields).status_code == 403
    delete = reverse("admin:users_user_delete", args=[league.pk])
    assert ann.post(delete, {"post": "yes"}).status_code == 403

    league.refresh_from_db()
    assert not league.has_usable_password()


def test_accounts_cannot_be_deleted(ann, sam):
    delete = reverse("admin:users_user_delete", args=[sam.pk])

    assert ann.post(delete, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=sam.pk).exists()


def test_only_administrators_see_e_mail_addresses(ann, sam):
    User.objects.filter(pk=ann.user.pk).update(email="ann@example.org")
    sams_browser = Staff(sam)

    assert "ann@example.org" in ann.open(page_of(ann.user))
    assert "ann@example.org" not in sams_browser.open(page_of(ann.user))
    assert sams_browser.get("/admin/users/user/?email__startswith=a").status_code == 400
    assert (
        "ann" not in sams_browser.open("/admin/users/user/?q=example.org").split("result_list")[-1]
    )
    history = reverse("admin:users_user_history", args=[ann.user.pk])
    assert sams_browser.get(history).status_code == 403
    assert sams_browser.get(SESSIONS).status_code == 403


def test_a_session_is_ended_with_its_tokens(ann, sam):
    session = sign_in_to_api("sam")

    with leaves(deeds=["session.ended"], events=[]):
        answer = ann.post(
            SESSIONS, {"action": "end_sessions", "index": "0", "_selected_action": [session.pk]}
        )

    assert answer.status_code == 302
    assert not is_live(session)
    assert AuditEntry.objects.latest("pk").actor_name == "ann"


def test_a_session_cannot_be_written(ann, sam):
    session = sign_in_to_api("sam")
    path = reverse("admin:users_session_change", args=[session.pk])

    assert session.sid not in ann.open(path)
    assert ann.post(path, {"kind": "master"}).status_code == 403
