"""What configuration may refuse."""

from gal_dashboard.core.errors import DomainError, ErrorKind, NotFoundError


class UnknownKeyError(NotFoundError):
    code = "configuration_not_found"
    message = "There is no key of this name."


class ChangeNotFoundError(NotFoundError):
    code = "configuration_change_not_found"
    message = "The history of this key has no such change."


class KeyExistsError(DomainError):
    """Raised where a key is to be made that has a value, or that the program declares."""

    kind = ErrorKind.CONFLICT
    code = "configuration_exists"
    message = "{key} exists; change its value instead."


class FixedByVariableError(DomainError):
    """Raised where a stored value would not be obeyed: the environment is mightier."""

    kind = ErrorKind.CONFLICT
    code = "fixed_by_variable"
    message = "{key} is fixed by the environment variable {variable} of the server."


class SecretHistoryError(DomainError):
    """Raised for a rollback of a secret: its former values are not kept anywhere."""

    kind = ErrorKind.CONFLICT
    code = "secret_not_kept"
    message = "Former values of {key} are not kept; set a new one."


class NotYoursToChangeError(DomainError):
    kind = ErrorKind.FORBIDDEN
    code = "permission_denied"
    message = "Your role does not allow to change {key}."


class TooManyKeysError(DomainError):
    """Raised where clients have stored as many keys of their own as there may be."""

    kind = ErrorKind.CONFLICT
    code = "too_many_keys"
    message = "There are {limit} keys of clients, which is the most. Delete some first."
