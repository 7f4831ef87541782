from components.network_diagram import MAX_BRANCHES, shown_network
from embedviz.training.architecture import Layer, Network, lookup_branch


def test_a_layer_shows_its_shapes_and_how_many_parameters_it_has():
    table = Layer("lookup table", "row of 4 numbers", {"a": (1000, 4), "b": (4,), "c": (4,)}, {"d": (1000, 4)})
    shown = shown_network(Network("Ranking", [[table]], [Layer("dot product", "score")]))
    assert shown["title"] == "Ranking"
    assert shown["branches"] == [
        [
            {
                "title": "lookup table",
                "sizes": ["2 × (1,000 × 4) + 2 × (4)", "4,008 parameters", "4,000 not trained"],
                "output": "row of 4 numbers",
            }
        ]
    ]
    assert shown["layers"] == [{"title": "dot product", "sizes": [], "output": "score"}]


def test_of_many_inputs_the_first_are_drawn_and_the_parameters_of_the_others_counted():
    branches = [lookup_branch("word", "a", 0, f"t{i}", (10, 2)) for i in range(MAX_BRANCHES + 2)]
    shown = shown_network(Network("", branches, []))
    assert len(shown["branches"]) == MAX_BRANCHES
    assert shown["more"] == "and 2 more inputs with 40 parameters"
    assert shown_network(Network("", branches[:MAX_BRANCHES], []))["more"] == ""
