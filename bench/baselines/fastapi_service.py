"""The baseline "FastAPI + SQLAlchemy": ``def`` endpoints, sessions by ``Depends``, Pydantic models.

Reads ``DATABASE_URL`` and ``MASTER_PASSWORD`` and makes its tables at the start.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict
from sqlalchemy import JSON, DateTime, ForeignKey, String, create_engine, delete, func, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    selectinload,
    sessionmaker,
)

KEY, ALGORITHM = "a-signing-key-of-the-bench-0123456789", "HS256"
TOKEN_LIFE, LOCK_LIFE = timedelta(hours=24), timedelta(minutes=5)
URL = os.environ["DATABASE_URL"].replace("postgres://", "postgresql+psycopg2://")

# the argument that FastAPI's tutorial gives for SQLite
engine = create_engine(
    URL, connect_args={"check_same_thread": False} if URL.startswith("sqlite") else {}
)
SessionLocal = sessionmaker(engine, autoflush=False)


def now() -> datetime:
    return datetime.now(UTC)


# --- Tables ---------------------------------------------------------------------------------------


class Base(DeclarativeBase):
    pass


class Graphic(Base):
    __tablename__ = "graphics"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(255))
    event_name: Mapped[str] = mapped_column(String(255), index=True)
    data_json: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_by: Mapped[str] = mapped_column(String(150))
    updated_by: Mapped[str] = mapped_column(String(150))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), default=now, onupdate=now, index=True
    )
    archived: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    tournament_id: Mapped[int | None]
    canvas_lock: Mapped["CanvasLock | None"] = relationship(back_populates="graphic")


class CanvasLock(Base):
    __tablename__ = "canvas_locks"

    id: Mapped[int] = mapped_column(primary_key=True)
    graphic_id: Mapped[int] = mapped_column(ForeignKey("graphics.id"), unique=True)
    user_name: Mapped[str] = mapped_column(String(150))
    session_id: Mapped[str] = mapped_column(String(255))
    locked: Mapped[bool] = mapped_column(default=True)
    locked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    graphic: Mapped[Graphic] = relationship(back_populates="canvas_lock")


class Standing(Base):
    __tablename__ = "standings"

    id: Mapped[int] = mapped_column(primary_key=True)
    tournament_id: Mapped[int] = mapped_column(index=True)
    player_name: Mapped[str] = mapped_column(String(255))
    total_points: Mapped[int]
    standing_rank: Mapped[int]
    player_id: Mapped[int]
    discord_id: Mapped[str | None] = mapped_column(String(32))
    riot_id: Mapped[str | None] = mapped_column(String(64))
    round_scores: Mapped[dict[str, int]] = mapped_column(JSON)


# --- Bodies ---------------------------------------------------------------------------------------


class LockOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    graphic_id: int
    user_name: str
    session_id: str | None
    locked: bool
    locked_at: datetime
    expires_at: datetime


class GraphicIn(BaseModel):
    title: str
    event_name: str
    data_json: dict[str, Any]


class GraphicOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    event_name: str
    data_json: dict[str, Any]
    created_by: str
    updated_by: str
    created_at: datetime
    updated_at: datetime
    archived: bool
    version: int
    tournament_id: int | None
    canvas_lock: LockOut | None


class GraphicsOut(BaseModel):
    graphics: list[GraphicOut]
    total: int


class ViewOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    data_json: dict[str, Any]
    version: int
    tournament_id: int | None


class PlayerModel(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    player_name: str
    total_points: int
    standing_rank: int
    player_id: int
    discord_id: str | None
    riot_id: str | None
    round_scores: dict[str, int]


class PlayersOut(BaseModel):
    players: list[PlayerModel]
    total: int


class LoginIn(BaseModel):
    master_password: str


class TokenOut(BaseModel):
    access_token: str
    token_type: str = "bearer"  # noqa: S105 - the name of a scheme


class MessageOut(BaseModel):
    message: str


# --- Endpoints ------------------------------------------------------------------------------------

app = FastAPI()
Base.metadata.create_all(engine)


def get_session() -> Iterator[Session]:
    session = SessionLocal()
    try:
        yield session
    finally:
        session.close()


def get_user(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
    try:
        return jwt.decode(credentials.credentials, KEY, algorithms=[ALGORITHM])["sub"]
    except jwt.PyJWTError as error:
        raise HTTPException(401, "Invalid token") from error


Db = Annotated[Session, Depends(get_session)]
User = Annotated[str, Depends(get_user)]


def find(db: Session, graphic_id: int) -> Graphic:
    graphic = db.get(Graphic, graphic_id)
    if graphic is None:
        raise HTTPException(404, "Graphic not found")
    return graphic


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "healthy"}


@app.post("/auth/login")
def login(body: LoginIn) -> TokenOut:
    if body.master_password != os.environ["MASTER_PASSWORD"]:
        raise HTTPException(401, "Incorrect master password")
    claims = {"sub": "dashboard_user", "exp": now() + TOKEN_LIFE}
    return TokenOut(access_token=jwt.encode(claims, KEY, algorithm=ALGORITHM))


@app.get("/api/v1/graphics", response_model=GraphicsOut)
def list_graphics(db: Db, user: User, skip: int = 0, limit: int = 100) -> Any:
    live = select(Graphic).where(Graphic.archived.is_(False))
    rows = db.scalars(
        live.options(selectinload(Graphic.canvas_lock))
        .order_by(Graphic.updated_at.desc(), Graphic.id.desc())
        .offset(skip)
        .limit(limit)
    )
    total = db.scalar(select(func.count()).select_from(live.subquery()))
    return {"graphics": rows.all(), "total": total}


@app.post("/api/v1/graphics", status_code=201, response_model=GraphicOut)
def create_graphic(body: GraphicIn, db: Db, user: User) -> Any:
    graphic = Graphic(**body.model_dump(), created_by=user, updated_by=user)
    db.add(graphic)
    db.commit()
    db.refresh(graphic)
    return graphic


@app.get("/api/v1/graphics/{graphic_id}", response_model=GraphicOut)
def get_graphic(graphic_id: int, db: Db, user: User) -> Any:
    return find(db, graphic_id)


@app.put("/api/v1/graphics/{graphic_id}", response_model=GraphicOut)
def update_graphic(graphic_id: int, body: GraphicIn, db: Db, user: User) -> Any:
    graphic = find(db, graphic_id)
    held = graphic.canvas_lock
    if held is not None and held.user_name != user:
        raise HTTPException(423, "Graphic is locked")
    for name, value in body.model_dump().items():
        setattr(graphic, name, value)
    graphic.updated_by = user
    graphic.version += 1
    db.commit()
    db.refresh(graphic)
    return graphic


@app.get("/api/v1/graphics/{graphic_id}/view", response_model=ViewOut)
def view_graphic(graphic_id: int, db: Db) -> Any:
    graphic = find(db, graphic_id)
    if graphic.archived:
        raise HTTPException(404, "Graphic not found")
    return graphic


@app.post("/api/v1/lock/{graphic_id}", response_model=LockOut)
def acquire_lock(graphic_id: int, db: Db, user: User) -> Any:
    find(db, graphic_id)
    db.execute(delete(CanvasLock).where(CanvasLock.expires_at <= now()))
    lock = db.scalar(select(CanvasLock).where(CanvasLock.graphic_id == graphic_id))
    if lock is None:
        lock = CanvasLock(graphic_id=graphic_id, user_name=user, session_id=user)
        db.add(lock)
    elif lock.user_name != user:
        raise HTTPException(409, "Graphic is locked")
    lock.expires_at = now() + LOCK_LIFE
    db.commit()
    db.refresh(lock)
    return lock


@app.delete("/api/v1/lock/{graphic_id}", response_model=MessageOut)
def release_lock(graphic_id: int, db: Db, user: User) -> Any:
    lock = db.scalar(select(CanvasLock).where(CanvasLock.graphic_id == graphic_id))
    if lock is None or lock.user_name != user:
        raise HTTPException(404, "No lock of yours")
    db.delete(lock)
    db.commit()
    return {"message": "Lock released"}


@app.post("/api/v1/standings/{tournament_id}", status_code=201)
def publish_standings(
    tournament_id: int, players: list[PlayerModel], db: Db, user: User
) -> MessageOut:
    db.add_all(Standing(tournament_id=tournament_id, **player.model_dump()) for player in players)
    db.commit()
    return MessageOut(message="Published")


@app.get("/api/v1/players/ranked", response_model=PlayersOut)
def ranked_players(tournament_id: int, db: Db) -> Any:
    rows = db.scalars(
        select(Standing)
        .where(Standing.tournament_id == tournament_id)
        .order_by(Standing.standing_rank, Standing.player_id)
    ).all()
    return {"players": rows, "total": len(rows)}
