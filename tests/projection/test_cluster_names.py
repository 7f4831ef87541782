from embedviz.projection.cluster_names import cluster_names


def test_short_labels_name_by_the_first_three():
    assert cluster_names([["king", "queen", "throne", "crown"], ["cat", "dog"]]) == ["king, queen, throne", "cat, dog"]


def test_long_texts_are_named_by_the_words_that_set_them_apart():
    films = ["this film has the funniest dialogue of any film", "a film with dialogue and a weak plot, but funny"]
    food = ["the soup at this place was cold and so was the service", "cold soup again, and the waiter rude; the soup!"]
    names = cluster_names([films, food], others=["it was what it was, and nobody could say why it had been so"])
    assert names[0].startswith("film, dialogue")
    assert names[1].startswith("soup, cold")
    assert not {"the", "was", "and", "this"} & set(", ".join(names).split(", "))


def test_a_word_that_every_cluster_has_names_none():
    clusters = [
        ["the hotel, the hotel, the hotel was clean and quiet, clean"],
        ["the hotel, the hotel, the hotel was noisy and damp, noisy"],
    ]
    first, second = cluster_names(clusters)
    assert first.startswith("clean, ")
    assert second.startswith("noisy, ")


def test_several_words_on_average_make_a_text():
    assert cluster_names([["red cat ran off", "black cat ran off"], ["a b c d"]])[0].startswith("cat, ran")


def test_no_name_comes_twice():
    same = ["soup and soup and bread and salt"] * 3
    other = ["soup and soup and bread and salt with butter"]
    names = cluster_names([same, other, same, same])
    assert len(set(names)) == 4
    assert all("soup" in name for name in names)
    assert cluster_names([["a"], ["a"], ["a"]]) == ["a", "a (2)", "a (3)"]
    assert cluster_names([["no cluster"]], taken=["no cluster"]) == ["no cluster (2)"]


def test_texts_of_stop_words_alone_are_named_by_themselves():
    assert cluster_names([["it was what it was, and so it is then"]]) == ["it was what it was, and so it is then"]


def test_a_long_label_is_cut_and_takes_one_line():
    labels = ["x" * 100, "two\nlines", *"abcdefgh"]
    assert cluster_names([labels]) == ["x" * 39 + "…, two lines, a"]
    assert cluster_names([["y" * 100]]) == ["y" * 39 + "…"]


def test_no_clusters_have_no_names():
    assert cluster_names([]) == []


def test_an_apostrophe_does_not_make_half_a_word_a_name():
    [name] = cluster_names([["this isn’t a soup, it doesn't, it isn't, it isn't", "it doesn't taste, isn't warm"]])
    assert set(name.split(", ")) == {"soup", "taste", "warm"}
