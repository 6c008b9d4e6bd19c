from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

Text = Annotated[str, Field(min_length=1, max_length=255)]


class LoginIn(BaseModel):
    master_password: str


class TokenOut(BaseModel):
    access_token: str
    token_type: str
    expires_in: int


class TokenData(BaseModel):
    """Who asks, as the token says."""

    username: str
    roles: list[str] = Field(default_factory=list)
    scopes: list[str] = Field(default_factory=list)
    read_only: bool = False


class LockOut(BaseModel):
    id: int
    graphic_id: int
    user_name: str
    session_id: str | None
    locked: bool
    locked_at: datetime
    expires_at: datetime


class GraphicIn(BaseModel):
    title: Text
    event_name: Text
    data_json: dict[str, Any] | None = None


class GraphicUpdate(BaseModel):
    title: Text | None = None
    event_name: Text | None = None
    data_json: dict[str, Any] | None = None


class GraphicOut(BaseModel):
    id: int
    title: str
    event_name: str | None
    data_json: dict[str, Any] | None
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


class Player(BaseModel):
    player_name: str
    total_points: int
    standing_rank: int
    player_id: int
    discord_id: str | None
    riot_id: str | None
    round_scores: dict[str, int]
