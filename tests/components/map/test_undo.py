from components.map.undo import MAX_STEPS, UndoStack

VIEW = {"x": 0.5, "y": 0.5, "zoom": 2.0}


def recorded(*states):
    stack = UndoStack()
    for state in states:
        stack.record({"focus": state}, VIEW)
    return stack


def test_the_first_state_is_no_step_and_the_same_state_again_is_none():
    stack = recorded("a", "a")
    assert stack.past == []
    assert stack.take("undo", VIEW) is None


def test_undo_and_redo_lead_to_the_states_with_the_views_they_were_left_at():
    stack = recorded("a", "b")
    taken = stack.take("undo", {**VIEW, "zoom": 9.0})
    assert (taken.words, taken.view) == ({"focus": "a"}, VIEW)
    stack.current = taken.words
    again = stack.take("redo", VIEW)
    assert (again.words, again.view["zoom"]) == ({"focus": "b"}, 9.0)
    assert [step.words for step in stack.past] == [{"focus": "a"}]


def test_a_new_state_after_an_undo_forgets_what_was_undone():
    stack = recorded("a", "b")
    stack.current = stack.take("undo", VIEW).words
    stack.record({"focus": "c"}, VIEW)
    assert stack.future == []
    assert stack.take("redo", VIEW) is None


def test_the_oldest_steps_are_forgotten():
    stack = recorded(*map(str, range(MAX_STEPS + 5)))
    assert len(stack.past) == MAX_STEPS
    assert stack.past[0].words == {"focus": "4"}


def test_a_state_is_recognised_as_the_one_before_or_the_one_undone():
    stack = recorded("a", "b", "c")
    stack.current = stack.take("undo", VIEW).words
    assert stack.direction_to({"focus": "a"}) == "undo"
    assert stack.direction_to({"focus": "c"}) == "redo"
    assert stack.direction_to({"focus": "x"}) is None
