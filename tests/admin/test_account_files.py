"""Many accounts from a CSV file, and as one."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gal_dashboard.audit.models import AuditEntry
from tests.admin.forms import form_with
from tests.admin.staff import Staff, leaves, new_account
from users import selectors
from users.models import User

IMPORT = "/admin/users/user/import/"
EXPORT = "/admin/users/user/export/"
LIST = "/admin/users/user/"
FORMULAE = {"=", "+", "-", "@", "\t", "\r"}
HEAD = "username,display_name,discord_id,roles,is_active\n"


def look(staff: Staff, content: str | bytes) -> str:
    """The page that shows what a file would do."""
    raw = content.encode() if isinstance(content, str) else content
    answer = staff.post(IMPORT, {"file": SimpleUploadedFile("accounts.csv", raw)})
    assert answer.status_code == 200
    return answer.content.decode()


def bring_in(staff: Staff, content: str):
    return staff.post(IMPORT, form_with(look(staff, content), "content"))


def names() -> set[str]:
    return set(User.objects.values_list("username", flat=True))


def test_a_file_is_looked_at_and_then_brought_in(ann):
    new_account("kim", may_use_admin=False)
    text = HEAD + "kim,Kim,77,Viewer,yes\nlee,Lee,78,Scorer Viewer,\n"

    with leaves(deeds=[], events=[]):
        page = look(ann, text)
    with leaves(deeds=["user.updated", "user.created"], events=["user.updated", "user.created"]):
        answer = bring_in(ann, text)

    assert "change" in page
    assert "create" in page
    assert answer.url == LIST
    lee = User.objects.get(username="lee")
    assert (lee.display_name, lee.discord_id, lee.is_active) == ("Lee", "78", True)
    assert selectors.roles_of(lee) == {"Scorer", "Viewer"}
    assert not lee.has_usable_password()
    assert selectors.roles_of(User.objects.get(username="kim")) == {"Viewer"}


def test_a_file_that_changes_nothing_is_not_brought_in(ann):
    bring_in(ann, HEAD + "lee,Lee,78,Scorer,yes\n")

    page = look(ann, HEAD + "lee,Lee,78,Scorer,yes\n")

    assert "there is nothing to do" in page


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (",Lee,78,,", "username: This field cannot be blank."),
        ("l e e,Lee,78,,", "username: Enter a valid username"),
        ("lee,Lee,a/b,,", "discord_id: Up to 32 letters"),
        ("lee,Lee,77,,", "discord_id: Another account has it."),
        ("KIM,Kim,78,,", "username: There is kim already."),
        ("lee,Lee,78,King,", "roles: Unknown: King."),
        ("lee,Lee,78,,perhaps", "is_active: Must be yes or no."),
        ("lee,Lee", "It has 2 cells, the first line has 5."),
        ("lee,Lee,78,,yes,more", "It has 6 cells, the first line has 5."),
        ("kim,Kim,77,,\nKim,Kim,79,,", "Line 3 has the same user name."),
        ("lee,Lee,78,,\nleo,Leo,78,,", "Line 3 has the same Discord id."),
        ('lee,"Lee\nLi",78,,\nleo,Leo,78,,', "Line 5 has the same Discord id."),
        ("dashboard_user,Lee,78,,", "stands for a password of the league"),
        (f"lee,{'x' * 151},78,,", "display_name: Ensure this value has at most 150"),
    ],
)
def test_a_faulty_line_is_shown_and_keeps_the_whole_file_out(ann, line, fault):
    user = new_account("kim", may_use_admin=False)
    User.objects.filter(pk=user.pk).update(discord_id="77")
    text = f"{HEAD}good,Good,99,,\n{line}\n"
    before = names()

    page = look(ann, text)
    with leaves(deeds=[], events=[]):
        forced = ann.post(IMPORT, {"content": text})

    assert fault in page
    assert 'name="content"' not in page
    assert "Nothing was changed. Line " in forced.content.decode()
    assert names() == before


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "It has no column username."),
        (b"name,age\nlee,7\n", "unknown columns: name, age"),
        (b"username,username\nlee,lee\n", "names a column twice"),
        (b"display_name\nLee\n", "It has no column username."),
        (b"username\n", "It has no accounts."),
        (b"username\nl\xff\n", "It is not in UTF-8"),
        (b"username\nl\0\n", "It is no text file."),
        (b'username\n"lee\n', "It is no CSV: line 2"),
        (b"username\n" + b"".join(b"u%d\n" % n for n in range(1001)), "more than 1000 accounts"),
    ],
)
def test_a_file_that_is_none_is_refused(ann, content, fault):
    page = look(ann, content) if content else look(ann, b"\n")

    assert fault in page


def test_a_refusal_of_the_last_line_undoes_the_first(ann):
    text = "username,is_active\nlee,yes\nann,no\n"

    answer = bring_in(ann, text)

    assert "Line 3: ann is the last Administrator." in answer.content.decode()
    assert "lee" not in names()
    assert User.objects.get(username="ann").is_active


def test_a_name_that_is_anothers_discord_id_is_no_twin(ann):
    page = look(ann, HEAD + "77,Kim,78,,\n78,Lee,77,,\n")

    assert form_with(page, "content")


DANGEROUS = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "'=x", "''-x", "'x", "a, b;c", '"q"']


def test_what_is_given_out_comes_back_as_it_was(ann):
    values = {"display_name": "=1+1", "email": "x@example.org", "riot_id": "'=x"}
    User.objects.filter(username="ann").update(**values, discord_id="1")
    new_account("lee", "Viewer")
    User.objects.filter(pk=new_account("root").pk).update(is_superuser=True)
    for number, name in enumerate(DANGEROUS):
        user = new_account(f"@{number}")
        User.objects.filter(pk=user.pk).update(display_name=name)

    with leaves(deeds=["user.exported"], events=[]):
        answer = ann.get(EXPORT)

    text = answer.content.decode("utf-8-sig")
    rows = {row["username"]: row for row in csv.DictReader(io.StringIO(text))}
    assert answer["Content-Disposition"].startswith('attachment; filename="accounts-')
    assert rows["ann"]["display_name"] == "'=1+1"
    assert rows["ann"]["riot_id"] == "''=x"
    assert (rows["ann"]["email"], rows["ann"]["roles"]) == ("x@example.org", "Administrator")
    assert [cell for row in rows.values() for cell in row.values() if cell[:1] in FORMULAE] == []
    assert [rows[f"'@{number}"]["display_name"].lstrip("'") for number in range(6)] == DANGEROUS[:6]
    assert "there is nothing to do" in look(ann, answer.content)


def test_a_semicolon_and_a_byte_order_mark_are_what_spreadsheets_write(ann):
    page = look(ann, "\ufeffusername;display_name\r\nlee;Lee, the one\r\n")

    assert form_with(page, "content")
    assert "lee" in page


@pytest.mark.parametrize("path", [IMPORT, EXPORT])
def test_only_administrators_import_and_export(pia, path, db):
    assert pia.get(path).status_code == 403
    assert pia.post(IMPORT, {"content": HEAD + "lee,Lee,1,,\n"}).status_code == 403
    assert "Import CSV" not in pia.open(LIST)
    assert not AuditEntry.objects.filter(action="user.exported").exists()


def test_a_look_costs_the_same_however_long_the_file(ann, django_assert_num_queries):
    def text(count: int) -> str:
        return HEAD + "".join(f"u{n},U,{n + 1000},,\n" for n in range(count))

    look(ann, text(1))
    for count in (1, 30):
        with django_assert_num_queries(5):
            look(ann, text(count))
