"""What a CLIP knows of held-out pictures: finding the partner among 100, and naming attributes without training for it."""
import torch

CROWD = 100


def recall(embed, faces, captions, count=500):
    """recall@1 within groups of CROWD, with captions that say nearly everything"""
    indices = faces.split('test')[:count]
    indices = indices[: max(1, len(indices) // CROWD) * CROWD]
    image = embed.pictures(faces.pictures(indices))
    text = embed.texts([captions.fullest(int(i)) for i in indices])
    hits = torch.zeros(2)
    for a, b in zip(image.split(CROWD), text.split(CROWD)):
        similarity, own = a @ b.t(), torch.arange(len(a), device=a.device)
        hits += torch.tensor([float((similarity.argmax(1) == own).sum()), float((similarity.argmax(0) == own).sum())])
    return {'image_to_text': float(hits[0] / len(indices)), 'text_to_image': float(hits[1] / len(indices))}


def prompts(name, value):
    """One-attribute texts for zero-shot naming; None where the attribute is not a thing one sees by name."""
    hair_noun = value in ('bob', 'afro', 'mohawk', 'bun', 'buzz cut', 'crew cut')
    return {
        'colour': f'a {value} shape',
        'shape': f'a {value}',
        'sex': f'a {value}',
        'hair_colour': f'a person with {value} hair',
        'hair': f'a person with a {value}' if hair_noun else f'a person with {value} hair' if value != 'bald' else 'a person with a bald head',
        'hat': f'a person wearing a {value}',
        'glasses': f'a person wearing {value}',
        'beard': f'a man with {value}' if value == 'stubble' else f'a man with a {value}',
        'expression': f'a person with a {value} face' if value != 'neutral' else 'a person with a neutral expression',
        'skin_tone': f'a person with {value} skin',
        'background': f'a person, {value} background',
        'top': f'a person wearing a {value}',
        'top_colour': f'a person wearing a {value} t-shirt',
    }.get(name)


def zero_shot(embed, faces, count=500):
    """Share of held-out pictures whose attribute is named right, by attribute; absent values (no hat) are left out."""
    indices = faces.split('test')[:count]
    image = embed.pictures(faces.pictures(indices))
    accuracy = {}
    for name in faces.attributes[0]:
        values = sorted({str(faces.attributes[i][name]) for i in indices if faces.attributes[i][name] is not None})
        if prompts(name, '') is None or len(values) < 2:
            continue
        text = embed.texts([prompts(name, value) for value in values])
        shown = [k for k, i in enumerate(indices) if faces.attributes[i][name] is not None]
        named = (image[shown] @ text.t()).argmax(1)
        right = sum(values[n] == str(faces.attributes[indices[k]][name]) for n, k in zip(named.tolist(), shown))
        accuracy[name] = right / len(shown)
    return accuracy
