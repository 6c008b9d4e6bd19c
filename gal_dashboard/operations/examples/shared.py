"""What examples of several areas speak of."""

AT = "2026-11-22T19:30:00Z"
