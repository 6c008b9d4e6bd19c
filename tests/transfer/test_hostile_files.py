"""Whatever a file says, it is refused in a sentence that names the member; nothing is made."""

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Iterator

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.admin.staff import Staff
from tests.transfer.files import MANIFEST, Members, changed, packed, sealed

IMPORT = "/admin/graphics/shows/import/"
DOCUMENT = "documents/975835448f31a099d6f57e25db04b920bde80a6e0de48a12ad835952fe2a1931.json"

Case = tuple[bytes, str]


def counts() -> dict[str, int]:
    """Rows of every table but sessions, which a request renews."""
    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_models()
        if model.__name__ != "Session"
    }


def said_about(staff: Staff, content: bytes) -> str:
    answer = staff.post(IMPORT, {"file": SimpleUploadedFile("cup.galshow", content)})
    assert answer.status_code == 200
    if "plan" in answer.context_data:
        return "It would be imported."
    form = answer.context_data["form"]
    return answer.context_data.get("fault") or str(form.errors)


def test_hostile_files_are_refused_in_a_sentence(ann: Staff, members: Members):
    before = counts()

    wrong = []
    for cases in (containers, manifests, forms, meanings, drawings):
        for number, (content, expected) in enumerate(cases(members)):
            said = said_about(ann, content)
            if expected not in said:
                wrong.append((cases.__name__, number, expected, said))

    assert wrong == []
    assert counts() == before


def containers(members: Members) -> Iterator[Case]:
    whole = sealed(members)
    yield b"", "The submitted file is empty"
    yield b"PK", "This is not a zip file"
    yield b"{}" * 100, "This is not a zip file"
    yield whole[:-10], "This is not a zip file, or it is damaged"
    yield whole[: len(whole) // 2] + whole[-22:], "it is damaged"
    yield packed({"a": b"b"}), "manifest.json is missing"
    yield twice(members), "'games.json' stands in the file twice"
    yield with_huge_directory(whole), "The file has too many members"
    yield with_another_directory(whole), "The file has too many members"
    yield with_a_member_far_away(whole), "damaged"
    yield damaged(members), "cannot be unpacked"
    yield encrypted(whole), "is packed in a way that is not read here"
    yield bomb(members), "placements.json is damaged and cannot be unpacked"


def twice(members: Members) -> bytes:
    content = io.BytesIO(sealed(members))
    with zipfile.ZipFile(content, "a") as opened:
        info = zipfile.ZipInfo("games.jsox")  # the name is set right below, past Python's warning
        opened.writestr(info, b"[]")
    return content.getvalue().replace(b"games.jsox", b"games.json")


def with_huge_directory(whole: bytes) -> bytes:
    return whole[:-10] + struct.pack("<L", 2**28) + whole[-6:]


def with_another_directory(whole: bytes) -> bytes:
    """Python follows this record, if it is there, and not the last one."""
    return whole[:-22] + b"PK\x06\x07" + bytes(16) + whole[-22:]


def with_a_member_far_away(whole: bytes) -> bytes:
    """The first entry of the directory leads to an offset that is no signed number of 64 bits."""
    at = whole.index(b"PK\x01\x02")
    [name] = struct.unpack_from("<H", whole, at + 28)
    entry, end = bytearray(whole[at : at + 46 + name]), bytearray(whole[-22:])
    further = struct.pack("<HHQ", 1, 8, 2**63)
    struct.pack_into("<H", entry, 30, len(further))
    struct.pack_into("<L", entry, 42, 2**32 - 1)
    [directory] = struct.unpack_from("<L", end, 12)
    struct.pack_into("<L", end, 12, directory + len(further))
    return whole[:at] + bytes(entry) + further + whole[at + 46 + name : -22] + bytes(end)


def damaged(members: Members) -> bytes:
    """The packed bytes of one member are turned over."""
    whole = bytearray(sealed(members))
    start = whole.index(b"placements.json") + 40
    whole[start : start + 20] = bytes(255 - byte for byte in whole[start : start + 20])
    return bytes(whole)


def encrypted(whole: bytes) -> bytes:
    """Every entry of the directory says that a password is needed."""
    parts = whole.split(b"PK\x01\x02")
    return b"PK\x01\x02".join([parts[0], *(part[:4] + b"\x01" + part[5:] for part in parts[1:])])


def bomb(members: Members) -> bytes:
    """A member that unpacks to 64 MiB behind the size of a small one, in both directories."""
    honest = sealed(members)
    size = len(members["placements.json"])
    large = {**members, "placements.json": b" " * 64 * 1024 * 1024}
    manifest = zipfile.ZipFile(io.BytesIO(honest)).read(MANIFEST)
    lying = packed({**large, MANIFEST: manifest})
    return lying.replace(struct.pack("<L", 64 * 1024 * 1024), struct.pack("<L", size))


def manifests(members: Members) -> Iterator[Case]:
    yield sealed(members, version=2), "version 2 of its format, and this release reads up to 1"
    yield sealed(members, version=True), "manifest.json, version"
    yield sealed(members, format="gal-configuration"), "manifest.json, format"
    yield packed({**members, MANIFEST: b"[]"}), "manifest.json, format"
    yield packed({**members, MANIFEST: b"{"}), "manifest.json: This is not valid JSON"
    yield packed({**members, MANIFEST: b'{"a":1,"a":2}'}), "duplicate key"
    yield (
        packed({**members, "sheets.json": members["sheets.json"].replace(b":1,", b":2,", 1)}),
        "sheets.json is damaged: it is not what its SHA-256 says",
    )
    yield (
        packed({**members, "sheets.json": b"[]"}),
        "sheets.json has not the size that the manifest names",
    )
    less = {name: text for name, text in members.items() if name != "games.json"}
    yield packed(less), "games.json is missing"
    yield sealed(less), "games.json is missing"
    yield packed({**members, "more.json": b"[]"}), "is in the file but not in its manifest"
    for name in ("../../etc/passwd", "/etc/passwd", "graphics/01.json", "C:\\x.json"):
        yield sealed({**members, name: b"[]"}), "is no name of a member"
    for said in ({}, {"bytes": -1, "sha256": "0" * 64}, {"bytes": 1, "sha256": "x"}, [], None):
        yield with_entry(members, said), "games.json: must have bytes and sha256"
    large = {"bytes": 2**40, "sha256": "0" * 64}
    yield with_entry(members, large), "games.json has more than 16 MiB"


def with_entry(members: Members, said: object) -> bytes:
    return packed(changed(members, MANIFEST, "members", "games.json", to=said))


def forms(members: Members) -> Iterator[Case]:
    for member, path, value, expected in (
        ("tournament.json", ["team_size"], "2", "tournament.json, team_size: Expected `int`"),
        ("tournament.json", ["status"], "over", "tournament.json, status: Invalid enum value"),
        ("tournament.json", ["max_participants"], 2**40, "tournament.json, max_participants"),
        ("tournament.json", ["name"], "", "tournament.json, name"),
        ("tournament.json", ["owner"], 1, "unknown field `owner`"),
        ("tournament.json", ["tie_chain"], ["luck"], "tournament.json, tie_chain: luck is no"),
        ("tournament.json", ["points_table"], {"9": 1}, "tournament.json, points_table"),
        ("tournament.json", ["end_date"], "1999-01-01T00:00:00Z", "The end lies before the start"),
        ("tournament.json", ["start_date"], "0001-01-01T00:00:00+14:00", "Is no time in UTC"),
        ("tournament.json", ["start_date"], "2026-01-01", "tournament.json, start_date"),
        ("people.json", [0, "username"], "a b", "people.json, row 1, username"),
        ("people.json", [1, "username"], "player1", "The same as in row 1"),
        ("people.json", [1, "discord_id"], "a/b", "people.json, row 2, discord_id"),
        ("participants.json", [1, "name"], "Team 1", "participants.json, row 2, name: The same"),
        ("participants.json", [1, "aliases"], ["Team 1"], "Team 1 is somebody else already"),
        ("participants.json", [0, "user"], None, "people.json, row 1: No participant is known"),
        ("participants.json", [0, "user"], 4, "row 1, user: There is no row 4 in people.json"),
        ("participants.json", [0, "arrival"], True, "participants.json, row 1, arrival"),
        ("draws.json", [1, "lobbies", 0, 0], 11, "draws.json, row 2, lobbies: There is no row 11"),
        ("draws.json", [1, "lobbies", 0, 0], 1, "draws.json, row 2, lobbies: Somebody sits in two"),
        ("games.json", [0, "stage"], 0, "games.json, row 1, stage: Expected `int` >= 1"),
        ("games.json", [0, "stage"], 2, "games.json, row 1, stage: That stage has no day 1"),
        ("games.json", [1, "number"], 1, "games.json, row 2, day and number: The same as in row 1"),
        ("lobbies.json", [0, "game"], 9, "lobbies.json, row 1, game: There is no row 9"),
        ("corrections.json", [1, "undoes"], 3, "Must name an earlier one"),
        ("corrections.json", [0, "lobbies", 0, "game"], "1", "corrections.json, row 1, lobbies"),
        ("corrections.json", [0, "lobbies", 0, "before"], {"77": 1}, "There is no row 77"),
        ("sheets.json", [2, "placements", "1"], 9, "sheets.json, row 3, placements"),
        ("sheets.json", [2, "placements"], {"x": 1}, "sheets.json, row 3, placements"),
        ("graphics/1.json", ["title"], "x" * 256, "graphics/1.json, title"),
        ("graphics/1.json", ["revisions", 1, "version"], 9, "Versions must rise"),
        ("graphics/1.json", ["archived_at"], "2026-01-01T00:00:00Z", "is not archived"),
    ):
        yield sealed(changed(members, member, *path, to=value)), expected
    yield sealed({**members, "games.json": b"{}"}), "games.json: Expected `array`"
    yield sealed({**members, "games.json": b"\xff"}), "games.json: This is not valid JSON"
    yield sealed({**members, "settings.yaml": b"\xff"}), "settings.yaml: This is not UTF-8"
    yield sealed({**members, "people.json": b'[{"username":"\\ud800"}]'}), "people.json"
    yield sealed({**members, "stages.json": b"[" * 50 + b"]" * 50}), "deeper than 32 levels"


def meanings(members: Members) -> Iterator[Case]:
    """Every row is well formed, and they cannot be true together."""
    for member, path, value, expected in (
        ("sheets.json", [2, "placements", "3"], 2, "Place 2 is given to"),
        ("sheets.json", [2, "placements", "3"], 4, "The places have a gap"),
        ("sheets.json", [2, "status"], "rejected", "does not say what its confirmed sheet says"),
        ("sheets.json", [3, "status"], "confirmed", "sheets.json, row 5, lobby: The same"),
        ("placements.json", [0, "place"], None, "does not say what its confirmed sheet says"),
        ("stages.json", [0, "number"], 2, "The same"),
        ("stages.json", [0, "days"], [1, 2], "stages.json, stages.1.days: Day 2 belongs to Groups"),
        ("stages.json", [0, "carries"], True, "Nothing comes before the first stage"),
        ("stages.json", [0, "cuts", 0, "day"], 2, "Not a day of this stage: 2.2"),
        ("tournament.json", ["team_size"], 4, "A lobby of this tournament seats 2"),
        ("stages.json", [0, "points_table"], {"1": 1}, "standings.json, row 1"),
        ("standings.json", ["rows", 0, "total_points"], 99, "standings.json, row 1, total_points"),
        ("standings.json", ["after"], "1.3", "standings.json, after: The results come to"),
        ("standings.json", ["rows"], [], "standings.json, rows: The results come to 8 rows"),
    ):
        yield sealed(changed(members, member, *path, to=value)), expected
    seats = json.loads(members["placements.json"])
    yield (
        sealed(changed(members, "placements.json", 4, "participant", to=seats[0]["participant"])),
        "placements.json, row 5, participant: Sits in another lobby of the game",
    )


def drawings(members: Members) -> Iterator[Case]:
    for document, expected in (
        (b'{"elements":[{"type":"text","color":"url(x)"}]}', "elements.0.color: Must be a colour"),
        (b'{"background":"javascript:alert(1)"}', "Board two), background"),
        (b"[]", "Must be a JSON object"),
        (b'{"a":1,"a":2}', "duplicate key"),
        (b'{"a":"\\u0000"}', "NUL"),
        (b'{"a":1e999}', "documents/"),
    ):
        yield drawn(members, document), expected
    yield sealed({**members, DOCUMENT: b"{}"}), "gives it another SHA-256 than its name"
    less = {name: text for name, text in members.items() if name != DOCUMENT}
    yield sealed(less), f"{DOCUMENT} is missing: a graphic names it"
    more = {**members, f"documents/{'0' * 64}.json": b"{}"}
    yield sealed(more), "No graphic names it"
    gone = {name: text for name, text in members.items() if name != "graphics/1.json"}
    yield sealed(gone), "graphics/1.json is missing"


def drawn(members: Members, document: bytes) -> bytes:
    """All versions of the board draw this."""
    digest = hashlib.sha256(document).hexdigest()
    board = json.loads(members["graphics/1.json"])
    old = {one["document"] for one in board["revisions"]}
    board["document"] = digest
    board["revisions"] = []
    kept = {name: text for name, text in members.items() if name[10:74] not in old}
    other = json.loads(members["graphics/2.json"])
    other["document"], other["revisions"] = digest, []
    return sealed(
        {
            **kept,
            "graphics/1.json": json.dumps(board).encode(),
            "graphics/2.json": json.dumps(other).encode(),
            f"documents/{digest}.json": document,
        }
    )
