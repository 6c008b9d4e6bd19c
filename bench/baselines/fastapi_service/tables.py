from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    pass


class Graphic(Base):
    __tablename__ = "graphics"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(255), index=True)
    event_name: Mapped[str] = mapped_column(String(255), index=True)
    data_json: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_by: Mapped[str] = mapped_column(String(255), index=True)
    updated_by: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now, onupdate=now)
    archived: Mapped[bool] = mapped_column(default=False, index=True)
    version: Mapped[int] = mapped_column(default=1)
    tournament_id: Mapped[int | None]


class CanvasLock(Base):
    __tablename__ = "canvas_locks"
    __table_args__ = (Index("canvas_locks_active", "expires_at", "locked"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    graphic_id: Mapped[int] = mapped_column(ForeignKey("graphics.id"), index=True)
    user_name: Mapped[str] = mapped_column(String(255))
    session_id: Mapped[str] = mapped_column(String(255))
    locked: Mapped[bool] = mapped_column(default=True)
    locked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class Standing(Base):
    __tablename__ = "standings"

    id: Mapped[int] = mapped_column(primary_key=True)
    tournament_id: Mapped[int] = mapped_column(index=True)
    player_name: Mapped[str] = mapped_column(String(255))
    total_points: Mapped[int]
    standing_rank: Mapped[int]
    player_id: Mapped[int]
    discord_id: Mapped[str | None] = mapped_column(String(255))
    riot_id: Mapped[str | None] = mapped_column(String(255))
    round_scores: Mapped[dict[str, int]] = mapped_column(JSON)
