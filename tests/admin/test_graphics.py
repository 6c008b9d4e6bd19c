import re

import orjson
import pytest
from django.urls import reverse

from graphics.models import Graphic
from tests.admin.locking import edit, lock_of, page_of, take
from tests.admin.staff import Staff, errors_in, leaves, new_account
from users.choices import Role

ADD = "/admin/graphics/graphic/add/"
DOCUMENT = '{"z": 1.0, "10": "ten", "2": [true, null], "elements": []}'


def test_a_new_graphic_keeps_its_document_word_for_word(ann):
    with leaves(deeds=["graphic.created"], events=["graphic.created"]):
        answer = ann.save(ADD, "title", title="Board", event_name="Cup", document=DOCUMENT)

    assert answer.status_code == 302
    graphic = Graphic.objects.get()
    assert graphic.document == '{"z":1.0,"10":"ten","2":[true,null],"elements":[]}'
    assert (graphic.title, graphic.version, graphic.created_by) == ("Board", 1, "ann")


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ('{"elements": [}', "This is not valid JSON: expected value at line 1 column 15."),
        ('{"a": 1, "a": 2}', "an object has a duplicate key"),
        ('{"a": "\\ud800"}', "This is not valid JSON"),
        ('{"a": "\\u0000"}', "A text holds the character NUL."),
        ('{"a": NaN}', "This is not valid JSON"),
        ('{"a": 9007199254740992}', "An integer is beyond 2^53-1"),
        ("[" * 40 + "]" * 40, "nested deeper than 32 levels"),
        ("[]", "The document must be a JSON object"),
        ("", "This field is required."),
    ],
)
def test_a_document_that_is_no_i_json_is_refused_at_its_field(ann, document, sentence):
    with leaves(deeds=[], events=[]):
        answer = ann.save(ADD, "title", title="Board", event_name="Cup", document=document)

    assert [sentence in error for error in errors_in(answer)] == [True]
    assert "document" in answer.context["adminform"].form.errors
    assert not Graphic.objects.exists()


def test_what_was_typed_comes_back_with_the_error(ann):
    typed = '{\n  "elements": [1,\n}'

    answer = ann.save(ADD, "title", title="Board", event_name="Cup", document=typed)

    assert typed.replace('"', "&quot;") in answer.content.decode().replace("\r", "")


def test_a_change_makes_a_version(ann, board):
    take(ann, board)

    with leaves(
        deeds=["graphic.updated", "graphic.lock_released"],
        events=["graphic.updated", "graphic.lock_released"],
    ):
        answer = ann.save(page_of(board), "title", title="Scores")

    assert answer.status_code == 302
    board.refresh_from_db()
    assert (board.title, board.version, board.updated_by) == ("Scores", 2, "ann")


def test_saving_what_is_there_makes_no_version(ann, board):
    take(ann, board)

    with leaves(deeds=["graphic.lock_released"], events=["graphic.lock_released"]):
        answer = ann.save(page_of(board), "title")

    assert answer.status_code == 302
    board.refresh_from_db()
    assert board.version == 1


def test_a_graphic_is_tied_to_a_tournament_and_untied(ann, board, crown):
    take(ann, board)
    with leaves(deeds=["graphic.updated"], events=["graphic.updated", "standings.published"]):
        ann.save(page_of(board), "title", tournament=str(crown.pk), _continue="1")
    board.refresh_from_db()
    assert board.tournament_id == crown.pk

    with leaves(deeds=["graphic.updated"], events=["graphic.updated", "standings.published"]):
        ann.save(page_of(board), "title", tournament="", _continue="1")
    board.refresh_from_db()
    assert board.tournament_id is None


def test_of_two_who_edit_at_once_the_second_is_told_who_was_first(ann, bob, board):
    take(ann, board)
    anns_form = ann.fill(page_of(board), "title", title="By Ann")
    ann.post(lock_of(board, "release"))
    edit(bob, board, title="By Bob")
    take(ann, board)
    anns_form["_fence"] = ann.fill(page_of(board), "title")["_fence"]

    with leaves(deeds=[], events=[]):
        answer = ann.post(page_of(board), anns_form)
        again = ann.post(page_of(board), anns_form)

    for refused in (answer, again):
        assert re.match(r"bob changed this at .* UTC, while you were", errors_in(refused)[0])
    assert 'value="By Ann"' in answer.content.decode()
    board.refresh_from_db()
    assert (board.title, board.version) == ("By Bob", 2)


def test_a_refused_form_does_not_pick_up_the_newer_version_by_itself(ann, bob, board):
    take(ann, board)
    stale = ann.fill(page_of(board), "title", title="By Ann")
    ann.post(lock_of(board, "release"))
    edit(bob, board, title="By Bob")

    answer = ann.post(page_of(board), stale)

    assert '<input type="hidden" name="_seen" value="1">' in answer.content.decode()


def test_a_form_without_a_version_is_stale(ann, board):
    answer = edit(ann, board, title="Scores", _seen=None)

    assert "while you were editing" in errors_in(answer)[0]


def test_an_archived_graphic_says_why_it_cannot_be_changed(ann, board):
    take(ann, board)
    form = ann.fill(page_of(board), "title", title="Scores")
    Graphic.objects.filter(pk=board.pk).update(archived=True)

    with leaves(deeds=[], events=[]):
        answer = ann.post(page_of(board), form)

    assert errors_in(answer) == ["This graphic is archived. Restore it before you change it."]


def test_the_page_of_a_graphic_shows_its_overlay(ann, board):
    page = ann.open(page_of(board))

    assert f'<iframe src="/overlay/{board.pk}"' in page
    assert f'<a href="/overlay/{board.pk}" target="_blank" rel="noopener">' in page


def test_graphics_cannot_be_deleted_here(ann, board):
    path = reverse("admin:graphics_graphic_delete", args=[board.pk])

    assert ann.post(path, {"post": "yes"}).status_code == 403
    assert Graphic.objects.exists()


def test_the_list_hides_archived_graphics_until_asked(ann, board):
    Graphic.objects.filter(pk=board.pk).update(archived=True)
    listed = reverse("admin:graphics_graphic_changelist")

    assert "Board" not in ann.open(listed)
    assert "Board" in ann.open(f"{listed}?state=archived")
    assert "Board" in ann.open(f"{listed}?state=all")


def test_the_history_names_everybody_who_changed_a_graphic(ann, bob, board):
    edit(ann, board, title="By Ann")
    edit(bob, board, title="By Bob")

    page = ann.open(reverse("admin:graphics_graphic_history", args=[board.pk]))

    assert page.index("bob</td>") < page.index("ann</td>") < page.index("system</td>")
    assert "By Ann" in page


def test_a_producer_changes_graphics_but_not_tournaments(pia, board, crown):
    assert edit(pia, board, title="Scores").status_code == 302
    tournament = reverse("admin:tournaments_tournament_change", args=[crown.pk])
    assert pia.post(tournament, {"name": "x"}).status_code == 403
    assert pia.get(reverse("admin:audit_auditentry_changelist")).status_code == 403


def test_a_viewer_sees_a_graphic_and_cannot_change_it(board):
    vic = Staff(new_account("vic", Role.VIEWER))

    assert 'name="_save"' not in vic.open(page_of(board))
    assert vic.post(page_of(board), {"title": "x", "_seen": "1"}).status_code == 403
    assert vic.get(ADD).status_code == 403


def test_a_document_of_many_megabytes_can_be_saved(ann, board):
    picture = "data:image/png;base64," + "A" * 3_000_000
    document = orjson.dumps({"background": {"imageUrl": picture}, "elements": []}).decode()

    assert edit(ann, board, document=document).status_code == 302
    board.refresh_from_db()
    assert board.document == document
