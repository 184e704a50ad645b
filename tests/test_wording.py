"""What kind of word each word of a question is."""

from __future__ import annotations

from nlidb.question import parse_question
from nlidb.wording import MAX_WORDS, Wording


def test_words_that_may_be_values() -> None:
    wording = Wording(parse_question("Show the songs by Ann Lee on 'blue moon' in it"))
    texts = [word.text for word in wording.words]
    assert [t for i, t in enumerate(texts) if wording.is_proper(i)] == ["Ann", "Lee"]
    marked = {t for i, t in enumerate(texts) if wording.is_marked(i)}
    assert marked == {"Ann", "Lee", "blue", "moon"}
    assert {t for i, t in enumerate(texts) if wording.is_plain(i)} >= {"the", "by", "on", "in"}
    assert not wording.is_filler(texts.index("songs"))


def test_spans_start_and_end_with_words_longest_first() -> None:
    wording = Wording(parse_question("red , blue"))
    assert list(wording.ngrams(3)) == [(0, 3), (0, 1), (2, 3)]


def test_the_stretch_most_like_a_value() -> None:
    wording = Wording(parse_question("flights from new yrok city today"))
    assert wording.fit(3, "New York") == (2, 4)


def test_a_question_is_read_up_to_its_limit() -> None:
    assert len(Wording(parse_question("word " * 500)).words) == MAX_WORDS
