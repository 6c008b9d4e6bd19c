"""Graphics, their locks and standings: from rows to dicts."""

from datetime import timedelta
from typing import Any

from fastapi import HTTPException
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from bench.baselines.fastapi_service.bodies import (
    GraphicIn,
    GraphicOut,
    GraphicUpdate,
    LockOut,
    Player,
)
from bench.baselines.fastapi_service.tables import Base, CanvasLock, Graphic, Standing, now

LOCK_LIFE = timedelta(minutes=5)

Json = dict[str, Any]


class GraphicsService:
    def __init__(self, db: Session) -> None:
        self.db = db

    def graphics(self) -> list[Json]:
        live = _with_locks().where(Graphic.archived.is_(False))
        rows = self.db.execute(live.order_by(Graphic.updated_at.desc())).all()
        return [_graphic_json(graphic, lock) for graphic, lock in rows]

    def graphic(self, graphic_id: int) -> Json:
        return _graphic_json(*self._find(graphic_id))

    def public_view(self, graphic_id: int) -> Json:
        graphic = self.db.scalars(select(Graphic).where(Graphic.id == graphic_id)).first()
        if graphic is None or graphic.archived:
            raise HTTPException(404, "Graphic not available.")
        return {
            "id": graphic.id,
            "title": graphic.title,
            "data_json": graphic.data_json,
            "version": graphic.version,
            "tournament_id": graphic.tournament_id,
        }

    def create(self, fields: GraphicIn, user_name: str) -> Json:
        graphic = Graphic(**fields.model_dump(), created_by=user_name, updated_by=user_name)
        self._save(graphic)
        return _graphic_json(graphic, None)

    def update(self, graphic_id: int, fields: GraphicUpdate, user_name: str) -> Json:
        graphic, lock = self._find(graphic_id)
        if lock is not None and lock.user_name != user_name:
            raise HTTPException(423, "Graphic is locked by another user.")
        if fields.title is not None:
            graphic.title = fields.title
        if fields.event_name is not None:
            graphic.event_name = fields.event_name
        if fields.data_json is not None:
            graphic.data_json = fields.data_json
        graphic.updated_at, graphic.updated_by = now(), user_name
        graphic.version += 1
        self._save(graphic)
        return _graphic_json(graphic, lock)

    def acquire_lock(self, graphic_id: int, user_name: str) -> Json:
        active = select(CanvasLock).where(CanvasLock.graphic_id == graphic_id, _is_active())
        lock = self.db.scalars(active).first()
        if lock is not None and lock.user_name != user_name:
            raise HTTPException(409, "Graphic is already locked by another user.")
        if lock is None:
            lock = CanvasLock(graphic_id=graphic_id, user_name=user_name, session_id=user_name)
        lock.expires_at = now() + LOCK_LIFE
        self._save(lock)
        return _lock_json(lock)

    def release_lock(self, graphic_id: int, user_name: str) -> None:
        held = select(CanvasLock).where(
            CanvasLock.graphic_id == graphic_id,
            CanvasLock.user_name == user_name,
            CanvasLock.locked.is_(True),
        )
        lock = self.db.scalars(held).first()
        if lock is None:
            raise HTTPException(404, "No active lock found for this user.")
        lock.locked = False
        self.db.commit()

    def publish_standings(self, tournament_id: int, players: list[Player]) -> None:
        self.db.add_all(
            Standing(tournament_id=tournament_id, **player.model_dump()) for player in players
        )
        self.db.commit()

    def ranked_players(self, tournament_id: int) -> Json:
        rows = self.db.scalars(select(Standing).where(Standing.tournament_id == tournament_id))
        players = [_values(row, *Player.model_fields) for row in rows]
        players.sort(key=lambda player: (player["standing_rank"], player["player_id"]))
        return {"players": players, "total": len(players)}

    def _find(self, graphic_id: int) -> tuple[Graphic, CanvasLock | None]:
        row = self.db.execute(_with_locks().where(Graphic.id == graphic_id)).first()
        if row is None:
            raise HTTPException(404, "Graphic not found.")
        return row.tuple()

    def _save(self, row: Base) -> None:
        self.db.add(row)
        self.db.commit()
        self.db.refresh(row)


def _is_active() -> ColumnElement[bool]:
    return and_(CanvasLock.locked.is_(True), CanvasLock.expires_at > now())


def _with_locks() -> Select[tuple[Graphic, CanvasLock | None]]:
    """Graphics, each with its lock if that is active."""
    belongs = and_(CanvasLock.graphic_id == Graphic.id, _is_active())
    return select(Graphic, CanvasLock).outerjoin(CanvasLock, belongs)


def _graphic_json(graphic: Graphic, lock: CanvasLock | None) -> Json:
    names = GraphicOut.model_fields.keys() - {"canvas_lock"}
    return _values(graphic, *names) | {"canvas_lock": None if lock is None else _lock_json(lock)}


def _lock_json(lock: CanvasLock) -> Json:
    return _values(lock, *LockOut.model_fields)


def _values(row: Base, *names: str) -> Json:
    return {name: getattr(row, name) for name in names}
