import pytest

from gal_dashboard.core.addresses import client_address, household


@pytest.mark.parametrize(
    ("forwarded_for", "trusted", "expected"),
    [
        ("203.0.113.7", 0, "10.0.0.1"),
        ("", 1, "10.0.0.1"),
        ("203.0.113.7", 1, "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7", 1, "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7, 192.0.2.1", 2, "203.0.113.7"),
        ("203.0.113.7", 2, "203.0.113.7"),
        ("6.6.6.6, garbage", 1, "10.0.0.1"),
        ("6.6.6.6,", 1, "10.0.0.1"),
        (" 203.0.113.7 ", 1, "203.0.113.7"),
        ("203.0.113.7:4711", 1, "203.0.113.7"),
        ("2001:DB8::1", 1, "2001:db8::1"),
        ("[2001:db8::1]:4711", 1, "2001:db8::1"),
        ("::ffff:203.0.113.7", 1, "203.0.113.7"),
        ("_hidden", 1, "10.0.0.1"),
        ("٣.٣.٣.٣", 1, "10.0.0.1"),
    ],
)
def test_client_address_is_what_the_outermost_proxy_of_ours_saw(
    forwarded_for: str, trusted: int, expected: str
):
    assert client_address("10.0.0.1", forwarded_for, trusted) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_household_is_what_one_client_cannot_multiply(address: str, expected: str):
    assert household(address) == expected
