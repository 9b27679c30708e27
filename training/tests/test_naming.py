"""People are embedded as what they are called by says, and all else as before."""
import random
import re

import torch

from training import clip, naming, people, thesaurus, words
from training.export import clip_checkpoint
from training.faces.captions import caption

from training.tests.test_rewording import small_clip


def test_pairs_say_the_same_once_in_words_of_captions():
    known, rng, said_of = set(words.words(12_000)), random.Random(5), {}
    for k in range(3000):
        plain, said = people.pair(rng, k, 3)
        assert set(re.findall('[a-z]+', plain)) <= known | thesaurus.said() | thesaurus.EMPTY, plain
        assert plain != said or 'with no' in said, said
        women, men = ({'woman', 'lady', 'female', 'grandma', 'she', 'girl'} & set(each.split()) for each in (plain, said)), {'man', 'guy', 'male', 'grandpa', 'he', 'boy'}
        assert not any(women) or not men & set(f'{plain} {said}'.split()), (plain, said)
        for word in ('bald', 'blonde', 'black', 'bearded'):
            if re.search(rf'\b{word} (man|woman|lady|guy|male|female)\b', said):
                said_of.setdefault(word, []).append(plain)
        for word in ('girl', 'without', 'year'):
            if word in said.split():
                said_of.setdefault(word, []).append(plain)
    for word, plain in {'bald': 'a bald head', 'blonde': 'blond hair', 'black': 'dark skin', 'bearded': ' beard', 'girl': 'young woman'}.items():
        assert all(plain in each for each in said_of[word]), word
    assert all(re.search('young|middle-aged|old', each) for each in said_of['year'])
    assert len(said_of['without']) > 20


def test_the_tower_learns_to_call_people_and_keeps_everything_else(monkeypatch, tmp_path):
    same = [('a man with a bald head', 'a bald man'), ('a woman with blond hair', 'a blonde'), ('a young woman', 'a girl')]
    monkeypatch.setattr(people, 'pair', lambda rng, index, seed: same[index % 3])
    tokens = small_clip({49406, 49407}).tokenizer.encode
    embed = small_clip({49406, 49407, *(i for word in words.words(3000) for i in tokens(word))})
    girl, lass = tokens('girl')[0], tokens('lass')[0]
    pieces = {'leans': {girl: tokens('lady')[0], tokens('scarlet')[0]: tokens('red')[0], lass: tokens('lady')[0]}, 'rows': {tokens('eyewear')[0]: torch.ones(64)}, 'missed': 0.0, 'reworded': 0.0}
    torch.save(pieces, tmp_path / 'pieces.pt')
    monkeypatch.setattr(clip, 'load_trained', lambda config, folder: (embed, None))
    monkeypatch.setattr(clip, 'caption_source', lambda name: caption)
    before = naming.Naming(embed, pieces, 7, caption)
    monkeypatch.setattr(naming, 'STEPS', 40)
    monkeypatch.setattr(naming, 'BATCH', 24)
    config = {'pieces': True, 'threads': 2, 'seed': 7, 'captions': 'faces'}
    naming.train(config, tmp_path)
    written = (tmp_path / 'named.pt').stat().st_mtime_ns
    naming.train(config, tmp_path)
    assert (tmp_path / 'named.pt').stat().st_mtime_ns == written  # once

    made, weights = torch.load(tmp_path / 'pieces.pt'), torch.load(tmp_path / 'named.pt')
    assert girl in made['rows'] and girl not in made['leans'] and tokens('scarlet')[0] in made['leans']
    plain, said = (before.encoded(each) for each in zip(*same))
    others = before.others(100)
    wanted, was, stays = (before.taught(each) for each in (plain, said, others))
    embed.model.load_state_dict(weights, strict=False)  # before's teacher too
    after = naming.Naming(embed, made, 7, caption)
    apart = lambda one, other: 1 - (one * other).sum(1).mean()
    assert apart(after.taught(said), wanted) < 0.2 * apart(was, wanted)
    assert apart(after.taught(others), stays) < 0.1 * apart(was, wanted)
    # what is shipped embeds as what was learnt does
    table = clip_checkpoint(embed, 20, 32, made)['token_embedding.weight']
    assert torch.equal(table[girl], made['rows'][girl].half()) and torch.equal(table[tokens('scarlet')[0]], table[tokens('red')[0]])
