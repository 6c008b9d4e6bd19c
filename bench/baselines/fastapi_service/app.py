"""Reads ``DATABASE_URL`` and ``MASTER_PASSWORD``; the tables are made at the start."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from bench.baselines.fastapi_service.bodies import (
    GraphicIn,
    GraphicOut,
    GraphicsOut,
    GraphicUpdate,
    LockOut,
    LoginIn,
    Player,
    TokenData,
    TokenOut,
)
from bench.baselines.fastapi_service.middleware import RequestLog, SecurityHeaders
from bench.baselines.fastapi_service.service import GraphicsService
from bench.baselines.fastapi_service.tables import Base, now

KEY, ALGORITHM = "a-signing-key-of-the-bench-0123456789", "HS256"
TOKEN_LIFE = timedelta(hours=24)

engine = create_engine(
    os.environ["DATABASE_URL"].replace("postgres://", "postgresql+psycopg2://"),
    pool_pre_ping=True,
)
SessionLocal = sessionmaker(engine, autoflush=False)
Base.metadata.create_all(engine)

app = FastAPI()
app.add_middleware(RequestLog)
app.add_middleware(SecurityHeaders)
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])


# --- What endpoints depend on ---------------------------------------------------------------------


def get_session() -> Iterator[Session]:
    session = SessionLocal()
    try:
        yield session
        session.flush()
    except Exception:
        session.rollback()
        raise
    finally:
        session.close()


def get_service(session: Annotated[Session, Depends(get_session)]) -> GraphicsService:
    return GraphicsService(session)


def read_token(
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())],
) -> TokenData:
    try:
        claims = jwt.decode(credentials.credentials, KEY, algorithms=[ALGORITHM])
        return TokenData(username=claims["sub"], **{name: claims[name] for name in CLAIMS})
    except (jwt.PyJWTError, KeyError) as error:
        raise HTTPException(401, "Could not validate credentials") from error


def get_user(token: Annotated[TokenData, Depends(read_token)]) -> TokenData:
    return token


def get_reader(user: Annotated[TokenData, Depends(get_user)]) -> TokenData:
    return user


def get_writer(user: Annotated[TokenData, Depends(get_user)]) -> TokenData:
    if user.read_only:
        raise HTTPException(403, "Read-only credentials cannot modify resources.")
    return user


CLAIMS = ("roles", "scopes", "read_only")
Service = Annotated[GraphicsService, Depends(get_service)]
Reader = Annotated[TokenData, Depends(get_reader)]
Writer = Annotated[TokenData, Depends(get_writer)]


# --- Endpoints ------------------------------------------------------------------------------------


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "healthy", "timestamp": now().isoformat()}


@app.post("/auth/login", response_model=TokenOut)
async def login(body: LoginIn) -> Any:
    if body.master_password != os.environ["MASTER_PASSWORD"]:
        raise HTTPException(401, "Incorrect master password")
    claims = {
        "sub": "dashboard_user",
        "roles": ["Administrator"],
        "scopes": ["dashboard:full"],
        "read_only": False,
        "exp": now() + TOKEN_LIFE,
    }
    token = jwt.encode(claims, KEY, algorithm=ALGORITHM)
    life = int(TOKEN_LIFE.total_seconds())
    return {"access_token": token, "token_type": "bearer", "expires_in": life}


@app.get("/api/v1/graphics", response_model=GraphicsOut)
async def list_graphics(user: Reader, service: Service) -> GraphicsOut:
    graphics = [GraphicOut(**found) for found in service.graphics()]
    return GraphicsOut(graphics=graphics, total=len(graphics))


@app.post("/api/v1/graphics", status_code=201, response_model=GraphicOut)
async def create_graphic(body: GraphicIn, user: Writer, service: Service) -> GraphicOut:
    return GraphicOut(**service.create(body, user.username))


@app.get("/api/v1/graphics/{graphic_id}", response_model=GraphicOut)
async def get_graphic(graphic_id: int, user: Reader, service: Service) -> GraphicOut:
    return GraphicOut(**service.graphic(graphic_id))


@app.put("/api/v1/graphics/{graphic_id}", response_model=GraphicOut)
async def update_graphic(
    graphic_id: int, body: GraphicUpdate, user: Writer, service: Service
) -> GraphicOut:
    return GraphicOut(**service.update(graphic_id, body, user.username))


@app.get("/api/v1/graphics/{graphic_id}/view")
async def view_graphic(graphic_id: int, service: Service) -> dict[str, Any]:
    return service.public_view(graphic_id)


@app.post("/api/v1/lock/{graphic_id}", response_model=LockOut)
async def acquire_lock(graphic_id: int, user: Writer, service: Service) -> LockOut:
    return LockOut(**service.acquire_lock(graphic_id, user.username))


@app.delete("/api/v1/lock/{graphic_id}")
async def release_lock(graphic_id: int, user: Writer, service: Service) -> dict[str, str]:
    service.release_lock(graphic_id, user.username)
    return {"message": "Lock released successfully"}


@app.post("/api/v1/standings/{tournament_id}", status_code=201)
async def publish_standings(
    tournament_id: int, players: list[Player], user: Writer, service: Service
) -> dict[str, str]:
    service.publish_standings(tournament_id, players)
    return {"message": "Published"}


@app.get("/api/v1/players/ranked")
async def ranked_players(tournament_id: int, service: Service) -> dict[str, Any]:
    return service.ranked_players(tournament_id)
