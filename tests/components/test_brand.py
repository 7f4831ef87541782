import pytest

from components.brand import progress_title


@pytest.mark.parametrize(
    ("event", "title"),
    [
        ({"step": 42, "total_steps": 100}, "42 %"),
        ({"step": 999, "total_steps": 1000}, "99 %"),  # not done yet
        ({"step": 7, "total_steps": 5}, "100 %"),
        ({"total_steps": 5}, "0 %"),
        ({"message": "Reading"}, ""),
    ],
)
def test_a_tab_is_titled_by_the_share_that_is_done(event, title):
    assert progress_title(event) == title
