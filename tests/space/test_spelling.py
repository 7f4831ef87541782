from embedviz.space.spelling import nearest

WORDS = ["the", "been", "queen", "green", "seen", "straße", "king"]


def spelled(text, n=5):
    return [WORDS[i] for i in nearest(text, [word.casefold() for word in WORDS], n)]


def test_the_fewest_changes_come_first_and_the_first_letter_decides_among_equals():
    assert spelled("qeen")[0] == "queen"
    assert spelled("geen")[0] == "green"


def test_a_swap_of_two_letters_is_one_change():
    assert spelled("kign") == ["king"]


def test_case_costs_nothing():
    assert spelled("STRASSE", 1) == ["straße"]


def test_what_is_far_from_all_finds_nothing():
    assert spelled("xylophone") == []
