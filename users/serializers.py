"""Forms of the access endpoints."""

from rest_framework import serializers

LONGEST_PASSWORD = 1024


class LoginSerializer(serializers.Serializer):
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


class RefreshSerializer(serializers.Serializer):
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
