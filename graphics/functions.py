"""What the database computes for graphics."""

from django.db.models import Func


class ByteLength(Func):
    """The length of a text in bytes of UTF-8."""

    function = "OCTET_LENGTH"
    arity = 1

    def as_sqlite(self, compiler, connection, **context):
        template = "LENGTH(CAST(%(expressions)s AS BLOB))"
        return super().as_sql(compiler, connection, template=template, **context)
