"""The vocabulary that goes into pack.json."""
import re

from training import words
from training.faces import attributes


def test_phrases_name_every_value_in_words_that_captions_use():
    known = set(words.words(30_000))
    phrases = [phrase for group in words.groups() for phrase in group['phrases']]
    said = {word for phrase in phrases for word in re.findall('[a-z]+', phrase)}
    assert said <= known
    assert {'smooth', 'tied', 'balding', 'outdoor', 'indoor', 'night', 'chubby'} - said == {'smooth', 'balding', 'night'}  # worded otherwise
    values = [value for name, all_values in attributes.VOCABULARY.items() for value in all_values if name not in ('hair', 'expression', 'background', 'face')]
    assert [value for value in values if not any(value in phrase for phrase in phrases)] == []
    assert len(set(phrases)) == len(phrases)
