import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.core.errors import DataError
from embedviz.data.encoding import decode

ENGLISH = "In the beginning God created the heaven and the earth.\n" * 3
GERMAN = "Über den Wäldern kreist müßig ein Käuzchen. " * 30
CHINESE = "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。\n" * 20
JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。\n" * 20
THAI = "สวัสดีชาวโลก ภาษาไทยไม่มีวรรค\n" * 20


@pytest.mark.parametrize("text", [ENGLISH, GERMAN, CHINESE, JAPANESE, THAI])
@pytest.mark.parametrize(
    ("encoding", "mark", "expected"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", codecs.BOM_UTF8, "utf-8"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "utf-16"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("utf-32-le", codecs.BOM_UTF32_LE, "utf-32"),
    ],
)
def test_unicode_is_found_with_and_without_a_mark(text, encoding, mark, expected):
    found = decode(mark + text.encode(encoding), "a.txt")
    assert (found.text, found.encoding, found.warnings) == (text, expected, [])


def test_latin_1_is_found():
    found = decode(GERMAN.encode("latin-1"), "a.txt")
    assert (found.text, found.encoding, found.warnings) == (GERMAN, "latin-1", [])


def test_windows_quotation_marks_are_no_control_codes():
    found = decode("“Käse” – he said… ".encode("cp1252") * 9, "a.txt")
    assert (found.text, found.encoding) == ("“Käse” – he said… " * 9, "cp1252")


SENTENCES = {
    "cp1250": "dzień dobry, żółty film był świetny",
    "cp1251": "хороший фильм, но очень длинный",
    "cp1253": "καλημέρα κόσμε, τι κάνεις",
    "cp1254": "çok güzel bir film, şimdi sıkıcı değil",
    "cp1257": "šķērsām ļoti laba filma",
    "koi8-r": "хороший фильм, но очень длинный",
    "shift_jis": JAPANESE,
    "euc_jp": JAPANESE,
    "gb18030": CHINESE,
    "big5": "春眠不覺曉，處處聞啼鳥。" * 10,
    "euc_kr": "안녕하세요 영화가 정말 좋았어요",
}


@pytest.mark.parametrize("encoding", SENTENCES)
def test_an_encoding_is_told_by_the_letters_that_come_out(encoding):
    text = f"text,label\n{SENTENCES[encoding]},yes\n"
    assert decode(text.encode(encoding), "a.csv").text == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("don’t go, it’s bad\n", "cp1252"),
        ("1990 – 1995\n10–20\n", "cp1252"),
        ("place;temperature °C;µg/m³\nBonn;21;5\n", "cp1252"),
        ("5 µm\n", "cp1252"),
        ("ИМЯ;ГОРОД\nИВАН;ОМСК\n", "cp1251"),
        ("очень хороший фильм\n", "koi8-r"),
        ("都市,評価\n東京,良\n大阪,悪\n", "shift_jis"),
        ("名前,点\n田中,5\n佐藤,3\n", "cp932"),
        ("映画,悪\n愛,案\n", "shift_jis"),
    ],
)
def test_a_few_signs_tell_the_encoding(text, encoding):
    assert decode(text.encode(encoding), "a.csv").text == text


def test_a_second_encoding_that_fits_as_well_is_named():
    found = decode("name\nnagyon jó film, őszintén tetszett\n".encode("cp1250"), "a.csv")
    assert found.second == "cp1250"
    assert "may be in cp1250: “őszintén” instead of “õszintén”" in found.warnings[0]


def test_a_few_damaged_characters_do_not_change_the_encoding():
    data = (GERMAN + "\n").encode() + b"caf\xe9\n" + GERMAN.encode()
    found = decode(data, "a.txt")
    assert found.encoding == "utf-8"
    assert found.text == GERMAN + "\ncaf\ufffd\n" + GERMAN
    assert found.warnings == ["1 character is damaged and shown as \ufffd; the first is on line 2."]


def test_damage_after_the_part_that_is_looked_at_is_found_too():
    assert decode(b"plain text\n" * 10_000 + b"caf\xe9", "a.txt").encoding == "latin-1"


def test_a_wrong_encoding_says_where_and_what_to_do():
    with pytest.raises(DataError, match=r"^a.txt, line 2: byte 6 is not valid utf-8. Choose another encoding"):
        decode(b"one\nt\xe4st", "a.txt", "utf-8")
    with pytest.raises(DataError, match="no encoding called 'utf-9'"):
        decode(b"one", "a.txt", "utf-9")


@pytest.mark.parametrize("codec", ["zlib", "hex", "rot13", "bz2"])
def test_a_codec_that_is_none_of_text_is_refused(codec):
    with pytest.raises(DataError, match="no encoding called"):
        decode(b"one", "a.txt", codec)


def test_utf_8_taken_for_utf_16_says_so():
    with pytest.raises(DataError, match=r"zero bytes.*utf-16"):
        decode(ENGLISH.encode("utf-16-le"), "a.txt", "utf-8")


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, b"\x7fELF\x02\x01" + bytes(4000), b"\0" * 100])
def test_binary_is_refused(data):
    with pytest.raises(DataError, match="binary file"):
        decode(data, "a.bin")


def test_a_stray_zero_byte_is_left_out_and_reported():
    found = decode(b"one\0 two\n" + ENGLISH.encode(), "a.txt")
    assert found.text == "one two\n" + ENGLISH
    assert found.warnings == ["1 zero byte was left out."]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_preview_may_end_within_a_character(encoding):
    data = CHINESE.encode(encoding)
    for cut in range(900, 905):
        found = decode(data[:cut], "a.txt", cut=True)
        assert CHINESE.startswith(found.text)
        assert found.encoding == encoding


def test_half_a_character_at_the_end_of_a_file_is_damage():
    assert decode(CHINESE.encode()[:-2], "a.txt").warnings


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf_8_always_comes_back(text):
    found = decode(text.encode(), "a.txt")
    assert found.text == text.removeprefix("\ufeff")


@given(st.binary(max_size=300))
def test_any_bytes_give_a_text_or_a_sentence(data):
    try:
        found = decode(data, "a.bin")
    except DataError as error:
        assert str(error).startswith("a.bin")
    else:
        found.text.encode()
        assert "\0" not in found.text
