"""The versions of a graphic in the admin, and faults of its document at their lines."""

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from gal_dashboard.core.context import SYSTEM
from gal_dashboard.core.errors import InvalidFieldsError
from graphics.admin.comparison import MOST_SHOWN, compare
from graphics.admin.document import MOST_FAULTS, indented, line_of, with_lines
from graphics.models import Graphic
from graphics.services import create_graphic
from tests.admin.locking import edit, take
from tests.admin.staff import Staff, errors_in, leaves, new_account
from users.choices import Role

TEXT = {"id": "a", "type": "text", "x": 1, "content": "<b>&amp;"}


def address(name: str, *args: int) -> str:
    return reverse(f"admin:graphics_graphic_{name}", args=args)


def compared(staff: Staff, graphic: Graphic, old: int, new: int) -> str:
    return staff.open(f"{address('versions_compare', graphic.pk)}?old={old}&new={new}")


def document(**element: object) -> str:
    return orjson.dumps({"elements": [TEXT | element]}).decode()


def test_the_versions_name_who_saved_them_and_what_they_bring_back(ann, bob, board):
    edit(ann, board, title="By Ann")
    take(bob, board)
    path = address("version_restore", board.pk, 1)
    with leaves(deeds=["graphic.revision_restored"], events=["graphic.updated"]):
        bob.save(path, "_seen")

    page = ann.open(address("versions", board.pk))

    assert page.index("bob</td>") < page.index("ann</td>") < page.index("system</td>")
    assert "restored from version 1" in page
    board.refresh_from_db()
    assert (board.title, board.version, board.updated_by) == ("Board", 3, "bob")


def test_two_versions_stand_side_by_side_with_what_differs_marked(ann, board, crown):
    take(ann, board)
    ann.save("/admin" + f"/graphics/graphic/{board.pk}/change/", "title", document=document())
    edit(
        ann, board, title="<Scores>", tournament=str(crown.pk), document=document(x=2, content="c")
    )

    page = compared(ann, board, 3, 2)

    assert page.index("Version 2") < page.index("Version 3")
    assert '<td class="old"><code>      &quot;x&quot;: 1,</code>' in page
    assert '<td class="new"><code>      &quot;x&quot;: 2,</code>' in page
    assert "&lt;b&gt;&amp;amp;" in page
    assert "<small>Title</small> &lt;Scores&gt;" in page
    assert crown.name.replace("'", "&#x27;") in page


def test_equal_versions_are_said_to_be_equal(ann, board):
    assert "The documents are the same." in compared(ann, board, 1, 1)


@pytest.mark.parametrize("question", ["", "?old=1", "?old=1&new=9", "?old=x&new=1", "?old=²&new=1"])
def test_a_version_that_is_not_there_is_not_found(ann, board, question):
    assert ann.get(address("versions_compare", board.pk) + question).status_code == 404
    assert ann.get(address("version_restore", board.pk, 9)).status_code == 404


def test_a_version_is_not_restored_while_another_edits(ann, bob, board):
    edit(ann, board, title="By Ann")
    take(ann, board)

    with leaves(deeds=[], events=[]):
        answer = bob.post(address("version_restore", board.pk, 1), {"_seen": "2"}, follow=True)

    assert "Ann is editing this graphic until" in answer.content.decode()


def test_a_version_is_not_restored_over_one_that_nobody_looked_at(ann, bob, board):
    edit(ann, board, title="By Ann")
    path = address("version_restore", board.pk, 1)
    form = bob.fill(path, "_seen")
    edit(ann, board, title="By Ann again")

    with leaves(deeds=[], events=[]):
        answer = bob.post(path, form, follow=True)

    assert "Somebody saved version 3 meanwhile." in answer.content.decode()


def test_a_viewer_reads_versions_and_restores_none(ann, board):
    vic = Staff(new_account("vic", Role.VIEWER))
    edit(ann, board, title="By Ann")
    path = address("version_restore", board.pk, 1)

    assert path not in vic.open(address("versions", board.pk))
    assert path not in compared(vic, board, 1, 2)
    assert vic.post(path, {"_seen": "2"}).status_code == 403


def test_a_thousand_versions_are_read_in_pages_and_never_their_documents(ann, board):
    counts = []
    for size in (1, 120):
        board.revisions.bulk_create(
            board.revisions.model(
                graphic=board, version=number, title="t", event_name="e", document="{}"
            )
            for number in range(board.revisions.count() + 1, size + 1)
        )
        with CaptureQueriesContext(connection) as queries:
            page = ann.open(address("versions", board.pk))
        counts.append(len(queries))

    assert "Page 1 of 3" in page
    assert counts[0] == counts[1]
    assert not any('"document"' in query["sql"] for query in queries)


def test_lists_leave_the_documents_where_they_are(ann, board):
    take(ann, board)

    for name in ("graphic", "canvaslease"):
        with CaptureQueriesContext(connection) as queries:
            ann.open(reverse(f"admin:graphics_{name}_changelist"))
        assert not any('"document"' in query["sql"] for query in queries), name


def test_a_list_costs_the_same_however_long_it_is(ann, db):
    ann.open("/admin/graphics/graphic/")  # what is asked once for each process
    costs = []

    for _ in range(2):
        Graphic.objects.bulk_create(
            Graphic(title=f"Board {number}", event_name="Cup") for number in range(150)
        )
        with CaptureQueriesContext(connection) as queries:
            page = ann.open("/admin/graphics/graphic/?q=board")
        rows = [one["sql"] for one in queries if "COUNT(" not in one["sql"]]
        of_list = [sql for sql in rows if 'FROM "graphics_graphic"' in sql]
        assert of_list
        assert all("LIMIT" in sql for sql in of_list)
        costs.append((len(queries), page.count('name="_selected_action"')))

    assert costs[0] == costs[1]


def test_a_fault_is_said_at_the_field_with_its_line(ann, board):
    wrong = document(color="red; }", x="far")

    with leaves(deeds=["graphic.lock_acquired"], events=["graphic.lock_acquired"]):
        answer = edit(ann, board, document=wrong)

    shown = answer.context["adminform"].form
    lines = indented(wrong).split("\n")
    assert list(shown.errors) == ["document"]
    for sentence in errors_in(answer):
        number, name = sentence.split(": ")[0].removeprefix("Line ").split(", ")
        assert lines[int(number) - 1].strip().startswith(f'"{name.split(".")[-1]}"'), sentence
    assert len(errors_in(answer)) == 2
    assert escape("\n".join(lines)) in answer.content.decode()


def test_lines_are_those_of_the_indented_text():
    root = {"z": [], "a": {"b": [1, [2, 3], {}]}, "elements": [{"x": 1}, {"y": {"q": 1}, "x": 2}]}
    lines = orjson.dumps(root, option=orjson.OPT_INDENT_2).decode().split("\n")

    assert lines[line_of(root, "z") - 1] == '  "z": [],'
    assert lines[line_of(root, "a.b.1.1") - 1] == "        3"
    assert lines[line_of(root, "elements.1.x") - 1] == '      "x": 2'
    assert lines[line_of(root, "elements.1.gone") - 1] == "    {"


def test_of_many_faults_the_first_are_told_and_the_rest_counted():
    elements = [{"type": "text", "x": "far"}] * 30
    refused = InvalidFieldsError({f"data_json.elements.{at}.x": ["No."] for at in range(30)})

    told = with_lines(refused, orjson.dumps({"elements": elements}).decode()).errors["data_json"]

    assert len(told) == MOST_FAULTS + 1
    assert told[-1] == "And 10 more faults."


def test_only_what_differs_is_shown_with_some_lines_around_it():
    old = [str(number) for number in range(100)]
    new = [*old[:50], "new", *old[51:]]

    found = compare("\n".join(old), "\n".join(new))

    rows = [(row.left_number, row.left, row.right, row.differs) for row in found.groups[0]]
    assert len(found.groups) == 1
    assert rows[0] == (48, "47", "47", False)
    assert rows[3] == (51, "50", "new", True)
    assert len(rows) == 7


def test_a_line_of_megabytes_is_compared_whole_and_shown_cut():
    found = compare("x" * 3_000_000, "x" * 2_999_999 + "y")

    assert found.groups[0][0].differs
    assert found.groups[0][0].left.endswith("… (3,000,000 characters)")


@pytest.mark.timeout(60)  # each line against each other would take hours
@pytest.mark.parametrize("count", [2_900, 200_000])
def test_documents_of_many_alike_lines_are_compared_in_time(count):
    old = "\n".join(str(number % 97) for number in range(count))
    new = "\n".join(str(number * 7 % 89) for number in range(count))

    found = compare(old, new)

    assert sum(map(len, found.groups)) <= MOST_SHOWN


def test_a_graphic_from_elsewhere_is_read_as_it_is(ann, db):
    graphic = create_graphic(actor=SYSTEM, title="Odd", event_name="Cup")
    Graphic.objects.filter(pk=graphic.pk).update(document="{broken")

    assert "{broken" in ann.open(f"/admin/graphics/graphic/{graphic.pk}/change/")
