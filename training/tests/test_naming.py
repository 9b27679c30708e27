"""People are embedded as what they are called by says, and all else as before."""
import random
import re

import torch

from training import clip, naming, people, thesaurus, words
from training.export import clip_checkpoint
from training.faces.captions import caption

from training.tests.test_rewording import small_clip


def test_pairs_say_the_same_once_in_words_of_captions():
    known, rng, said_of, taken_of = set(words.words(12_000)), random.Random(5), {}, {}
    for k in range(3000):
        plain, taken, said = people.pair(rng, k, 3)
        assert set(re.findall('[a-z]+', ' '.join([plain, *(text for _, text in taken)]))) <= known | thesaurus.said() | thesaurus.EMPTY, plain
        assert plain != said or 'no ' in said, said
        women, men = ({'woman', 'lady', 'female', 'grandma', 'she', 'girl'} & set(each.split()) for each in (plain, said)), {'man', 'guy', 'male', 'grandpa', 'he', 'boy'}
        assert not any(women) or not men & set(f'{plain} {said}'.split()), (plain, said)
        for word in ('bald', 'blonde', 'black', 'bearded'):
            if re.search(rf'\b{word} (man|woman|lady|guy|male|female)\b', said):
                said_of.setdefault(word, []).append(plain)
        for word in ('girl', 'boy', 'without', 'year', 'smile'):
            if word in said.split():
                said_of.setdefault(word, []).append(plain)
        if re.search(r'(no|without|wearing|and|or) (a )?glasses\b', said) and 'glasses' not in plain:
            taken_of[said] = [text for _, text in taken if 'glasses' in text]
    for word, plain in {'bald': 'a bald head', 'blonde': 'blond hair', 'black': 'dark skin', 'bearded': ' beard', 'girl': 'young woman', 'boy': 'young'}.items():
        assert all(plain in each for each in said_of[word]), word
    assert all(re.search('no beard|clean-shaven', each) for each in said_of['boy'])
    assert all(re.search('young|middle-aged|old', each) for each in said_of['year'])
    assert all(re.search('smil|grin|laugh|neutral expression', each) for each in said_of['smile'])
    assert len(said_of['without']) > 20
    assert len(taken_of) > 60 and all(len(each) == 3 and any('sunglasses' in text for text in each) for each in taken_of.values())


def test_smiles_are_read_as_words_that_nothing_takes_away():
    read = {text: people.meant(text) for text in ('smile', 'a woman with a big smile', 'a smile and red hair', 'a closed mouth smile', 'a friendly smile', 'a smiling man')}
    assert list(read.values()) == ['friendly smile', 'a woman with a toothy smile', 'a friendly smile and red hair', 'a closed mouth smile', 'a friendly smile', 'a smiling man']


def test_the_tower_learns_to_call_people_and_keeps_everything_else(monkeypatch, tmp_path):
    same = [('a man with a bald head', [], 'a bald man'), ('a woman with blond hair', [], 'a blonde'), ('a young woman', [], 'a girl'),
            ('a man', [(0.5, 'a man with glasses')], 'a man without glasses')]
    monkeypatch.setattr(people, 'pair', lambda rng, index, seed: same[index % 4])
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
    said = before.encoded(each for *_, each in same)
    meant, others = before.others(100)
    wanted, was, stays = before.wanted(same), before.taught(said), before.taught(meant)
    man, worn = before.taught(before.encoded(['a man', 'a man with glasses']))
    away = man + 0.5 * (man - worn)
    assert torch.allclose(wanted[3], away / away.norm(), atol=1e-6) and wanted[3] @ worn < man @ worn
    embed.model.load_state_dict(weights, strict=False)  # before's teacher too
    after = naming.Naming(embed, made, 7, caption)
    apart = lambda one, other: 1 - (one * other).sum(1).mean()
    assert apart(after.taught(said), wanted) < 0.2 * apart(was, wanted)
    assert apart(after.taught(others), stays) < 0.1 * apart(was, wanted)
    # what is shipped embeds as what was learnt does
    table = clip_checkpoint(embed, 20, 32, made)['token_embedding.weight']
    assert torch.equal(table[girl], made['rows'][girl].half()) and torch.equal(table[tokens('scarlet')[0]], table[tokens('red')[0]])
