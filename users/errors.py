"""What sign-in and sessions may refuse."""

from gal_dashboard.core.errors import DomainError, ErrorKind, NotFoundError


class NotSignedInError(DomainError):
    """Raised when a token is no token of ours, or its life is over."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "token_invalid"
    message = "The token is not valid or has expired. Log in again."


class SessionEndedError(NotSignedInError):
    """Raised for a good token of a session that was ended, or of a user who was disabled."""

    code = "session_ended"
    message = "This session has ended. Log in again."


class IncorrectMasterPasswordError(DomainError):
    kind = ErrorKind.UNAUTHENTICATED
    code = "incorrect_password"
    message = "Incorrect master password"


class IncorrectCredentialsError(DomainError):
    kind = ErrorKind.UNAUTHENTICATED
    code = "incorrect_password"
    message = "Incorrect user name or password"


class OldPasswordError(DomainError):
    """Raised when the password that shall be replaced is not the one that was named."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "incorrect_password"
    message = "Your old password is not the one that you entered."


class TooManyLoginsError(DomainError):
    """Raised after too many failed attempts of one address; a right password waits too."""

    kind = ErrorKind.THROTTLED
    code = "too_many_attempts"
    message = "Too many failed attempts. Try again in {retry_after} seconds."


class LoginsClosedError(DomainError):
    """Raised while failed attempts cannot be counted, before a password is looked at."""

    kind = ErrorKind.UNAVAILABLE
    code = "logins_closed"
    message = (
        "Nobody can log in at the moment: a part of the server that counts wrong passwords does "
        "not answer. Whoever is logged in stays so. Try again shortly."
    )


class NotReadyError(DomainError):
    """Raised for a socket before this process knows the passwords of its start."""

    kind = ErrorKind.UNAVAILABLE
    code = "server_busy"
    message = "The server has just begun. Try again shortly."


class RefreshInUseError(NotSignedInError):
    """Raised for the losers when several requests use one refresh token at the same time."""

    code = "refresh_in_use"
    message = "Another request is using this refresh token right now. Use the tokens that it gets."


class RefreshReusedError(NotSignedInError):
    """Raised when a used refresh token comes again: somebody has a copy, so the session ends."""

    code = "refresh_reused"
    message = "This refresh token was used before. The session has ended; log in again."


class UserNotFoundError(NotFoundError):
    code = "user_not_found"
    message = "There is no such account."


class SessionNotFoundError(NotFoundError):
    code = "session_not_found"
    message = "There is no such session."


class DiscordIdTakenError(DomainError):
    kind = ErrorKind.CONFLICT
    code = "discord_id_taken"
    message = "Another account has this Discord id."


class UsernameTakenError(DomainError):
    """Raised whatever the case of the letters: "Ann" and "ann" would be mistaken for each other."""

    kind = ErrorKind.CONFLICT
    code = "username_taken"
    message = "Another account has this user name."


class LastAdministratorError(DomainError):
    """Raised for a change after which only the master password could still manage accounts."""

    kind = ErrorKind.CONFLICT
    code = "last_administrator"
    message = "{name} is the last Administrator. Make somebody else one first."


class ReadOnlySessionError(DomainError):
    """Raised when whoever knows the viewer password wants to change the account that all share."""

    kind = ErrorKind.FORBIDDEN
    code = "permission_denied"
    message = "The viewer password only reads."


class AccountFileError(DomainError):
    code = "account_file_invalid"
    message = "This file cannot be read. {fault}"


class AccountLineError(DomainError):
    """Raised for the first line of a file that cannot be carried out; then nothing was."""

    code = "account_line_refused"
    message = "Line {number}: {fault}"


class LeagueAccountError(DomainError):
    """Raised for a change of an account that stands for one of the league's passwords."""

    kind = ErrorKind.CONFLICT
    code = "league_account"
    message = "{name} stands for a password of the league and cannot be changed."
