"""What the tournament engine may refuse."""

from collections.abc import Sequence

from gal_dashboard.core.errors import DomainError, ErrorKind, NotFoundError


class TournamentNotFoundError(NotFoundError):
    code = "tournament_not_found"
    message = "There is no such tournament."


class GameNotFoundError(NotFoundError):
    """Raised for a day that belongs to no stage of the tournament."""

    code = "game_not_found"
    message = "This tournament has no game {game}: its stages know the days {days}."


class GameOutOfOrderError(DomainError):
    """Raised for a result of a game before which others have not been played."""

    kind = ErrorKind.CONFLICT
    code = "game_out_of_order"
    message = "Game {game} cannot have a result yet: the next game is {next_game}."


class EventDecidedError(DomainError):
    """Raised for a result after the game in which a checkmate stage found its champion."""

    kind = ErrorKind.CONFLICT
    code = "event_decided"
    message = "Game {game} was not played: {champion} won the event in game {decided_in}."


class TournamentFullError(DomainError):
    """Raised when somebody is to be taken off the waitlist and no place is free."""

    kind = ErrorKind.CONFLICT
    code = "tournament_full"
    message = "All {max_participants} places are taken."


class IllegalTransitionError(DomainError):
    """Raised for a status that does not follow on the present one; ``legal`` names what does."""

    kind = ErrorKind.CONFLICT
    code = "illegal_transition"
    message = "A tournament that is {status} cannot become {wanted}. It can become: {possible}."

    def __init__(self, *, status: str, wanted: str, legal: Sequence[str]) -> None:
        super().__init__(status=status, wanted=wanted, possible=", ".join(legal))
        del self.facts["possible"]
        self.facts["legal"] = list(legal)


class RegistrationClosedError(DomainError):
    kind = ErrorKind.CONFLICT
    code = "registration_closed"
    message = "The tournament is {status} and takes no registrations."


class CheckInClosedError(DomainError):
    kind = ErrorKind.CONFLICT
    code = "check_in_closed"
    message = "The tournament is {status}; people check in while it is check_in."


class TournamentOverError(DomainError):
    """Raised for a change of who takes part in a tournament that has ended."""

    kind = ErrorKind.CONFLICT
    code = "tournament_over"
    message = "The tournament is {status}: who takes part is settled."


class WrongEntryStatusError(DomainError):
    """Raised for a step that does not follow on what a participant is now."""

    kind = ErrorKind.CONFLICT
    code = "wrong_entry_status"
    message = "{name} is {status}; only who is {needed} can {step}."


class TooFewPlacesError(DomainError):
    """Raised for a capacity below the number of those who take part already."""

    kind = ErrorKind.CONFLICT
    code = "too_few_places"
    message = "{current_participants} take part already; {max_participants} places are too few."


class ResultsChangedError(DomainError):
    """Raised where lobbies of a file have got other results since it was looked at."""

    kind = ErrorKind.CONFLICT
    code = "results_changed"
    message = "Results changed since the file was looked at: look at it again."


class TeamSizeSettledError(DomainError):
    """Raised for another size of teams once lobbies were drawn or have results."""

    kind = ErrorKind.CONFLICT
    code = "team_size_settled"
    message = "{lobbies} lobbies seat teams of {team_size}: that cannot be changed any more."


class ParticipantExistsError(DomainError):
    kind = ErrorKind.CONFLICT
    code = "participant_exists"
    message = "A participant of that name is registered already."


class NothingPublishedError(NotFoundError):
    code = "nothing_published"
    message = "No standings have been published yet."


class SnapshotNotFoundError(NotFoundError):
    code = "snapshot_not_found"
    message = "There is no such snapshot of standings."


class ParticipantNotFoundError(NotFoundError):
    code = "participant_not_found"
    message = "There is no such participant."


class ParticipantSeatedError(DomainError):
    """Raised for the removal of somebody whom results or draws name."""

    kind = ErrorKind.CONFLICT
    code = "participant_seated"
    message = "{name} has a seat in {lobbies} lobbies and cannot be removed."


class GamePlayedError(DomainError):
    """Raised for the draw of a game that has results."""

    kind = ErrorKind.CONFLICT
    code = "game_played"
    message = "Game {game} has results and cannot be drawn any more."


class GameOpenError(DomainError):
    """Raised for a draw while the game before it is being played."""

    kind = ErrorKind.CONFLICT
    code = "game_open"
    message = "Game {game} is not complete yet: the draw follows the standings after it."


class CutUndecidedError(DomainError):
    """Raised for a draw after a cut at which participants share the last rank that goes on."""

    kind = ErrorKind.CONFLICT
    code = "cut_undecided"
    message = "{names} share the rank at the cut to {cut}: give one of them a manual rank."

    def __init__(self, *, cut: int, tied: Sequence[str]) -> None:
        super().__init__(cut=cut, names=", ".join(tied))
        del self.facts["names"]
        self.facts["tied"] = list(tied)


class NobodyToDrawError(DomainError):
    kind = ErrorKind.CONFLICT
    code = "nobody_to_draw"
    message = "Nobody takes part who could be drawn."


class DrawChangedError(DomainError):
    """Raised where the standings, or who takes part, changed since the draw was proposed."""

    kind = ErrorKind.CONFLICT
    code = "draw_changed"
    message = "The draw is not what was proposed any more: look at it again."


class GamesAfterChampionError(DomainError):
    """Raised for a result by which a stage would have ended before games that were played."""

    kind = ErrorKind.CONFLICT
    code = "games_after_champion"
    message = "{champion} would have won in game {decided_in}, but {spoken} was played after it."

    def __init__(self, *, champion: str, decided_in: str, games: Sequence[str]) -> None:
        super().__init__(champion=champion, decided_in=decided_in, spoken=", ".join(games))
        del self.facts["spoken"]
        self.facts["games"] = list(games)


class SubmissionNotFoundError(NotFoundError):
    code = "submission_not_found"
    message = "There is no such submission."


class SubmissionDecidedError(DomainError):
    """Raised where a submission is to be decided that waits no more."""

    kind = ErrorKind.CONFLICT
    code = "submission_decided"
    message = "This submission is {status} already, by {decided_by}."


class NothingToCorrectError(DomainError):
    """Raised for the correction of a lobby that has no result."""

    kind = ErrorKind.CONFLICT
    code = "nothing_to_correct"
    message = "Lobby {lobby} of game {game} has no confirmed result: enter it first."


class NothingChangedError(DomainError):
    kind = ErrorKind.CONFLICT
    code = "nothing_changed"
    message = "All of these results are confirmed like this already."


class CorrectionChangedError(DomainError):
    """Raised where a correction would do something else than its preview said."""

    kind = ErrorKind.CONFLICT
    code = "correction_changed"
    message = "The correction would not do what its preview said any more: look at it again."


class CorrectionNotFoundError(NotFoundError):
    code = "correction_not_found"
    message = "There is no such correction."


class CorrectionUndoneError(DomainError):
    kind = ErrorKind.CONFLICT
    code = "correction_undone"
    message = "Correction {undone_by} has taken this one back already."


class CorrectedSinceError(DomainError):
    """Raised where a correction cannot be taken back: results of it were replaced since."""

    kind = ErrorKind.CONFLICT
    code = "corrected_since"
    message = "Not as this correction left them any more: {spoken}."

    def __init__(self, *, lobbies: Sequence[tuple[str, int]]) -> None:
        spoken = ", ".join(f"game {game}, lobby {lobby}" for game, lobby in lobbies)
        super().__init__(spoken=spoken)
        del self.facts["spoken"]
        self.facts["lobbies"] = [{"game": game, "lobby": lobby} for game, lobby in lobbies]
