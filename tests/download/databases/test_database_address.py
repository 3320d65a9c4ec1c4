import pytest

from stages.core.errors import UserError
from stages.download.databases.database_address import address_scheme, read_address


def test_the_address_is_in_the_environment(monkeypatch):
    monkeypatch.setenv("SHOP_DB", "sqlite:///shop.db")
    assert read_address("SHOP_DB") == "sqlite:///shop.db"


@pytest.mark.error_case("databases")
@pytest.mark.parametrize("value", ["", None])
def test_a_variable_without_an_address(monkeypatch, value):
    monkeypatch.delenv("SHOP_DB", raising=False)
    if value is not None:
        monkeypatch.setenv("SHOP_DB", value)
    with pytest.raises(UserError, match=r"is not set; set it to the address, sqlite:///shop\.db or postgresql://"):
        read_address("SHOP_DB")


@pytest.mark.parametrize(
    ("address", "scheme"),
    [("sqlite:///a", "sqlite"), ("PostgreSQL://h/d", "postgresql"), ("postgres://h/d", "postgres")],
)
def test_supported_schemes(address, scheme):
    assert address_scheme(address) == scheme


@pytest.mark.error_case("databases")
@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("mysql://bob:hunter2@h/d", "databases of mysql:// are not supported"),
        ("postgresql+psycopg://bob:hunter2@h/d", "databases of postgresql+psycopg:// are not supported"),
        ("host=h password=hunter2", "not an address of a database"),
    ],
)
def test_other_addresses_are_refused_without_the_password(address, message):
    with pytest.raises(UserError) as caught:
        address_scheme(address)
    assert message in str(caught.value)
    assert "hunter2" not in str(caught.value)
