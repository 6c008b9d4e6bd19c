"""Forms and shapes of the access endpoints and of accounts."""

from rest_framework import serializers

from gal_dashboard.api.fields import StrictBooleanField, StrictCharField
from gal_dashboard.api.forms import Form
from users.choices import EndReason, Role, SessionKind

LONGEST_PASSWORD = 1024


class LoginSerializer(Form):
    """Either the master password, or the name and password of a staff account."""

    master_password = serializers.CharField(
        required=False, max_length=LONGEST_PASSWORD, trim_whitespace=False
    )
    username = serializers.CharField(required=False, max_length=150)
    password = serializers.CharField(
        required=False, max_length=LONGEST_PASSWORD, trim_whitespace=False
    )

    def validate(self, attrs):
        if "master_password" in attrs:
            return attrs
        if "username" in attrs and "password" in attrs:
            return attrs
        missing = "password" if "username" in attrs else "master_password"
        raise serializers.ValidationError({missing: ["This field is required."]})


class RefreshSerializer(Form):
    refresh_token = serializers.CharField(required=False, allow_null=True)


class TokensSerializer(serializers.Serializer):
    access_token = serializers.CharField()
    token_type = serializers.CharField(default="bearer")
    expires_in = serializers.IntegerField(help_text="Seconds.")
    refresh_token = serializers.CharField()
    refresh_expires_in = serializers.IntegerField(help_text="Seconds.")


class VerifySerializer(serializers.Serializer):
    valid = serializers.BooleanField()
    username = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    scopes = serializers.ListField(child=serializers.CharField())
    read_only = serializers.BooleanField()
    session_id = serializers.CharField()
    expires_at = serializers.DateTimeField()


class TicketSerializer(serializers.Serializer):
    ticket = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")


class SessionSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    username = serializers.CharField()
    kind = serializers.ChoiceField(choices=SessionKind.choices)
    address = serializers.CharField()
    agent = serializers.CharField(help_text="What the client calls itself.")
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField(help_text="Exact to a minute.")
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_reason = serializers.ChoiceField(choices=EndReason.choices, allow_null=True)
    is_current = serializers.BooleanField(help_text="The one that asks.")


class SessionListSerializer(serializers.Serializer):
    sessions = SessionSerializer(many=True)
    total = serializers.IntegerField()


class ProfileInput(Form):
    """What everybody may change of the own account: nothing that gives rights."""

    display_name = StrictCharField(
        max_length=150, required=False, allow_blank=True, allow_null=True
    )
    email = serializers.EmailField(
        max_length=254, required=False, allow_blank=True, allow_null=True
    )
    riot_id = StrictCharField(max_length=64, required=False, allow_blank=True, allow_null=True)

    def validate(self, attrs):
        """Null and nothing are the same: the text is not there."""
        cleared = {"display_name", "email", "riot_id"}
        return {name: value or "" if name in cleared else value for name, value in attrs.items()}


class UserInput(ProfileInput):
    username = StrictCharField(max_length=150)
    discord_id = StrictCharField(max_length=32, required=False, allow_blank=True, allow_null=True)
    is_active = StrictBooleanField(required=False)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=Role.choices),
        required=False,
        max_length=len(Role.choices),
    )
    password = StrictCharField(
        max_length=LONGEST_PASSWORD,
        required=False,
        allow_null=True,
        trim_whitespace=False,
        write_only=True,
        help_text="To sign in with the user name; most players have none.",
    )

    def validate_discord_id(self, value):
        return value or None


class UserSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    discord_id = serializers.CharField(allow_null=True)
    username = serializers.CharField()
    display_name = serializers.CharField()
    email = serializers.CharField(
        allow_null=True, help_text="For Administrators and oneself; null for all others."
    )
    riot_id = serializers.CharField(allow_null=True)
    is_active = serializers.BooleanField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class UserListSerializer(serializers.Serializer):
    users = UserSerializer(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    per_page = serializers.IntegerField()


class UserStatisticsSerializer(serializers.Serializer):
    total_users = serializers.IntegerField()
    active_users = serializers.IntegerField()
    inactive_users = serializers.IntegerField()
    activity_rate = serializers.FloatField(help_text="Percent of the accounts that are active.")
