"""The Data page by AppTest: data is found again, keeps its roles and options, and can be deleted and brought back."""

import pytest
from streamlit.testing.v1 import AppTest

from embedviz.core.jobs.status import Status, write_status
from embedviz.jobs.preview import preview_of
from embedviz.store.data_reference import ReadOptions
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store
from tests.app.previews import read, read_before

pytestmark = pytest.mark.slow

REVIEWS = b"review,stars,note\n" + b"so very good a film,5,one two three\na bad film it was,1,four five six\n" * 9


@pytest.fixture
def reviews():
    return read(Dataset.upload(Store().uploads_folder, "r.csv", [REVIEWS]))


def visit(app, dataset=None):
    """Come to the page by its address, in a session of its own."""
    if dataset:
        app.query_params["data"] = dataset.id
    app.run()
    app.switch_page("data.py").run()
    assert not app.exception
    return app


def another_session():
    return AppTest.from_file("../../pages/frame.py", default_timeout=30)


def texts(app):
    kinds = ("markdown", "text", "info", "warning", "error", "caption")
    return " ".join(str(each.value) for kind in kinds for each in getattr(app, kind))


def button(app, label):
    [found] = [each for each in app.button if each.label == label]
    return found


def test_a_reload_finds_the_data_by_its_address_with_its_roles(app, reviews):
    visit(app, reviews)
    assert "“review” as text" in texts(app)
    app.selectbox(key=f"text-{reviews.id}").set_value("note").run()
    again = visit(another_session(), reviews)
    assert "“note” as text" in texts(again)
    assert again.selectbox(key=f"text-{reviews.id}").value == "note"
    assert again.query_params["data"] == reviews.id


def test_the_page_left_and_visited_again_has_the_roles(app, reviews):
    visit(app, reviews)
    app.selectbox(key=f"label-{reviews.id}").set_value("note").run()
    app.switch_page("runs.py").run()
    app.switch_page("data.py").run()
    assert "“note” as the label" in texts(app)
    button(app, "Guess the roles again").click().run()
    assert "“stars” as the label" in texts(app)
    assert Store().dataset(reviews.id).roles is None


def test_a_role_can_be_taken_from_every_column(app, reviews):
    visit(app, reviews)
    for role in ("text", "label"):
        app.selectbox(key=f"{role}-{reviews.id}").set_value(None).run()
    assert "No column looks like" in texts(app)
    assert "No model can train" in texts(app)
    assert Store().dataset(reviews.id).roles == {}


def test_roles_of_columns_that_another_reading_lacks_are_guessed(app, reviews):
    visit(app, reviews)
    app.selectbox(key=f"text-{reviews.id}").set_value("note").run()
    reviews.set_options(header=False)
    read(Store().dataset(reviews.id))
    app.run()
    assert not app.exception
    assert "as text" in texts(app)


def test_an_option_is_kept_and_the_data_is_read_again(app, reviews):
    visit(app, reviews)
    read_before(reviews, delimiter=";")
    app.selectbox(key=f"delimiter-{reviews.id}").set_value(";").run()
    assert not app.exception
    assert Store().dataset(reviews.id).options == {"delimiter": ";"}
    assert "separated by semicolon" in texts(app)
    button(app, "Back to automatic").click().run()
    assert "separated by comma" in texts(app)


def test_every_reading_option_but_the_file_of_an_archive_has_a_menu(app, reviews):
    visit(app, reviews)
    keys = {each.key for each in (*app.selectbox, *app.multiselect)}
    names = set(ReadOptions.__annotations__) - {
        "member",
        "melt",
        "merge_classes",
        "only",
        "strip_markup",
    }  # by findings
    assert {f"{name}-{reviews.id}" for name in names} <= keys


def test_data_is_listed_deleted_and_brought_back(app, reviews):
    other = Dataset.upload(Store().uploads_folder, "other.csv", [b"a,b\n1,2\n"])
    Dataset.upload(Store().uploads_folder, "theirs.csv", [b"a,b\n1,2\n"], owner="somebody else")
    visit(app, reviews)
    assert "theirs.csv" not in texts(app)
    assert "18 rows" in texts(app)
    assert app.button(key=f"open-{reviews.id}").disabled
    app.button(key=f"delete-{reviews.id}").click().run()
    assert not app.exception
    assert [each.id for each in Store().datasets("local")] == [other.id]
    assert "No data is open" in texts(app)
    assert "data" not in app.query_params
    assert "Deleted: r.csv" in texts(app)
    app.button(key=f"restore-{reviews.id}").click().run()
    assert "“review” as text" in texts(app)


def test_older_data_is_listed_once_its_list_is_opened(app):
    uploads = Store().uploads_folder
    datasets = [Dataset.upload(uploads, f"{number}.csv", [b"a,b\n1,%d\n" % number]) for number in range(9)]

    def offered():
        return [data.id for data in datasets if f"open-{data.id}" in [button.key for button in app.button]]

    app.switch_page("data.py").run()
    assert offered() == [data.id for data in datasets[3:]]
    assert [box.label for box in app.expander if "more" in box.label] == ["3 more"]
    app.session_state["datasets-more"] = True
    app.run()
    assert offered() == [data.id for data in datasets]


def test_data_that_is_being_read_is_not_deleted(app, reviews, hold):
    other = Dataset.upload(Store().uploads_folder, "other.csv", [b"a,b\n1,2\n"])
    hold(preview_of(other).folder)
    visit(app, reviews)
    app.button(key=f"delete-{other.id}").click().run()
    assert "'other.csv' is being read" in texts(app).replace("\\", "")
    assert len(Store().datasets("local")) == 2


def test_another_visitors_address_shows_nothing_of_their_data(app):
    theirs = Dataset.upload(Store().uploads_folder, "secret.csv", [REVIEWS], owner="somebody else")
    read(theirs)
    visit(app, theirs)
    assert "belongs to another visitor" in texts(app)
    assert "secret" not in texts(app)
    visit(another_session(), Dataset.sample(Store().uploads_folder, "kjv"))


def test_a_reading_that_was_stopped_is_read_again_only_when_it_is_asked_for(app, reviews):
    reviews.set_options(unit="line")
    stopped = preview_of(reviews)
    write_status(stopped.folder, Status("stopped"))
    visit(app, reviews)
    assert "Reading was stopped" in texts(app)
    app.run()
    assert stopped.status == "stopped"
    button(app, "Try again").click().run()
    assert stopped.wait(60) == "done"


def test_the_process_of_the_page_reads_no_file(app, monkeypatch):
    def fail(*args, **options):
        raise AssertionError("a file was read here")

    for name in (
        "embedviz.data.reading.opened",
        "embedviz.formats.source.opened",
        "embedviz.store.reference_reading.read_table",
    ):
        monkeypatch.setattr(name, fail)
    dataset = Dataset.upload(Store().uploads_folder, "r.csv", [REVIEWS])
    visit(app, dataset)
    assert preview_of(dataset).wait(60) == "done"  # the worker has the readers that this process lacks
    app.run()
    assert not app.exception
    assert "“review” as text" in texts(app)


def test_the_columns_have_a_profile(app, reviews):
    visit(app, reviews)
    [profile] = [each.value for each in app.dataframe if "distribution" in each.value]
    assert profile["column"].tolist() == ["review", "stars", "note"]
    assert profile["kind"].tolist() == ["text", "number", "category"]


def test_an_archive_asks_for_one_of_its_files(app, tmp_path):
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("one.csv", REVIEWS)
        archive.writestr("two.csv", b"a,b\n1,2\n")
    dataset = read(Dataset.upload(Store().uploads_folder, "both.zip", [buffer.getvalue()]))
    read_before(dataset, member="one.csv")
    visit(app, dataset)
    app.selectbox(key=f"file-{dataset.id}").set_value("one.csv").run()
    assert "“review” as text" in texts(app)


def test_what_looks_odd_is_said_with_its_way_out(app):
    rows = b"user,item,stars\n" + b"".join(
        b"u%d,i%d,%d\n" % (i % 23, i % 17, 99 if i % 9 == 0 else i % 5 + 1) for i in range(300)
    )
    dataset = read(Dataset.upload(Store().uploads_folder, "r.csv", [rows]))
    read_before(dataset, missing={"stars": ["99"]})
    visit(app, dataset)
    assert "99 in “stars” stands apart" in texts(app)
    button(app, "Treat 99 as missing").click().run()
    assert not app.exception
    assert Store().dataset(dataset.id).options == {"missing": {"stars": ["99"]}}
    assert "stands apart" not in texts(app)
    button(app, "Back to automatic").click().run()
    assert "99 in “stars” stands apart" in texts(app)


def test_a_matrix_becomes_ratings_by_a_click_with_their_roles(app):
    rows = "reader,Dune,Emma,It,Ulysses,Momo\n" + "".join(
        f"r{i},{i % 5 + 1},{'' if i % 3 else i % 4 + 1},{i % 2 * 3 + 1},{'' if i % 2 else 2},{i % 3 + 3}\n"
        for i in range(60)
    )
    dataset = read(Dataset.upload(Store().uploads_folder, "m.csv", [rows.encode()]))
    read_before(dataset, melt="reader")
    visit(app, dataset)
    button(app, "Make a row for each rating").click().run()
    assert not app.exception
    assert Store().dataset(dataset.id).roles == {"user": "reader", "item": "item", "rating": "rating"}
    assert button(app, "Train on this")


def test_another_reading_that_explains_the_file_is_a_click_away(app):
    rows = b"x|y,z\n" + b"".join(b"%d|%d,%d\n" % (i, i * 3 % 7, i * 5 % 11) for i in range(30))
    dataset = read(Dataset.upload(Store().uploads_folder, "x.csv", [rows]))
    [alternative] = [each for each in preview_of(dataset).result.report.alternatives if "delimiter" in each.options]
    read_before(dataset, **alternative.options)
    visit(app, dataset)
    assert "Read it differently" in texts(app)
    button(app, alternative.sentence.removesuffix(".")).click().run()
    assert not app.exception
    assert Store().dataset(dataset.id).options == alternative.options
    assert "separated by comma" in texts(app)
