import re

import pytest

from stages.download.params.sql.sql_query import check_query, first_table, names_not_in_order


@pytest.mark.parametrize(
    "query",
    [
        "select * from t order by id",
        "SELECT a FROM t ORDER BY a DESC LIMIT 5;",
        "with w as (select 1 as a) select * from w order by a",
        "select 'it''s; -- no comment' as a, \"b;\" from t order by a",
        "select 1 as a -- it's a comment; drop table t\norder by a",
        "select /* order by (; */ a from t order by a",
        r"select E'\'; drop table t' as a order by a",
        "select $$a;b$$ as a, $x$;$$;$x$ as b order by a",
        "select 100 % 7 as a, b::text from t order by a",
        "select update, into_date from t order by update",
        "select a from t union select b from u order by 1",
    ],
)
def test_a_select_in_order_is_accepted(query):
    assert check_query(query) == query


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "should begin with SELECT or WITH; received ''"),
        ("drop table t", "received 'drop'"),
        ("(select a from t order by a)", "received '('"),
        ("select a from t order by a; drop table t", "should be one statement"),
        ("select a from t order by a;;", "should be one statement"),
        ("select a from t", "should end with ORDER BY"),
        ("select * from (select a from t order by a) as s", "should end with ORDER BY"),
        ("select rank() over (order by a) from t", "should end with ORDER BY"),
        ("select 'order by a' from t", "should end with ORDER BY"),
        ("select a from t -- order by a", "should end with ORDER BY"),
        (
            "with d as (delete from t returning *) select * from d order by a",
            "should only read; received 'DELETE FROM'",
        ),
        ("with d as (update t set a = 1 returning *) select * from d order by a", "received 'UPDATE'"),
        ("with d as (insert into t values (1)) select 1 order by 1", "received 'INSERT INTO'"),
        ("select * into u from t order by a", "received 'INTO'"),
        ("select * from t order by a for update", "received 'FOR UPDATE'"),
        ("select a from t where b = 'x order by a", "a quote ' that is not closed"),
        ('select "a from t order by a', 'a quote " that is not closed'),
        ("select max(a from t order by a", "a ( without its )"),
        ("select max a) from t order by a", "a ) without its ("),
    ],
)
def test_other_queries_are_refused(query, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        check_query(query)


def test_names_are_those_of_the_outer_order():
    query = 'select rank() over (order by a) from t order by t.ID, "Day of sale" desc nulls last'
    assert names_not_in_order(query, ["id", "Day of sale", "a"]) == ["a"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("select (select max(a) from u) from shop.orders o order by id", "orders"),
        ('select * from "Big Orders" order by id', "Big Orders"),
        ("with w as (select 1 from x) select * from w order by 1", "w"),
        ("select * from (select 1) s order by 1", "("),
        ("select 1 order by 1", None),
    ],
)
def test_the_first_table(query, name):
    assert first_table(query) == name
