"""Codes of colours: which there are, and the stages that teach them, in miniature."""
import numpy as np
import pytest
import torch

from training import cache, diffusion, vqgan
from training import config as configuration
from training import run as pipeline
from training.colour_codes import __main__ as growth
from training.colour_codes import denoiser
from training.colour_codes.codes import ColourCodes
from training.evaluate.data import UNKNOWN

OPTIONS = {'places': [[0, 1], [1, 0]], 'looks': 2}


@pytest.fixture
def codes():
    embed = torch.tensor([[0.0, 0, 0, 0], [0, 0.1, 0, 0], [9, 0, 0, 0], [9, 0.1, 0, 0]])
    tokens = np.array([[[0, 1, 2, 3]], [[2, 0, 3, 1]]])  # two pictures of 2 x 2
    return ColourCodes(embed, tokens, OPTIONS, 3)


def test_a_code_is_a_look_times_a_colour(codes):
    assert codes.total == 4 + 2 * 3
    tokens = np.array([[[0, 1, 2, 3]], [[3, 3, 3, 3]], [[0, 0, 1, 1]]])
    told = codes.told(tokens, np.array([2, UNKNOWN, 0]))
    near, far = codes.look[0].item(), codes.look[2].item()
    assert near != far
    assert told.tolist() == [[[0, 4 + 3 * near + 2, 4 + 3 * far + 2, 3]], [[3, 3, 3, 3]], [[0, 4 + 3 * near, 4 + 3 * near, 1]]]
    assert codes.colour_of(torch.from_numpy(told))[:, 0].tolist() == [[UNKNOWN, 2, 2, UNKNOWN], [UNKNOWN] * 4, [UNKNOWN, 0, 0, UNKNOWN]]


def test_colours_are_read_over_all_looks(codes):
    logits = torch.full((codes.total,), -50.0)
    logits[4 + 1], logits[4 + 3 + 1] = 0.0, 0.0
    assert codes.colour_logits(logits).tolist()[1] == pytest.approx(np.log(2))
    # what the old codes have goes over to those of their look, as often as they are
    begun = codes.of_looks(torch.tensor([1.0, 3.0, 10.0, 30.0]))
    seen = codes.share + 1e-3
    near = codes.look[0].item()
    assert begun[3 * near : 3 * near + 3].tolist() == pytest.approx([float((seen[0] + 3 * seen[1]) / (seen[0] + seen[1]))] * 3)


@pytest.fixture(scope='module')
def made(tmp_path_factory):
    """Shapes whose colours are told once more."""
    folder = tmp_path_factory.mktemp('colours')
    config = configuration.load('configs/smoke.yaml')
    config['colour_codes'] = {
        'attribute': 'colour', 'places': [[0, 0]], 'looks': 4, 'batch': 16, 'rate': 1e-3, 'minutes': {'free': 0.2, 'tell': 2, 'keep': 16, 'decoder': 0.5, 'denoiser': 0.3},
        'free': {'crop': {}}, 'decoder': {'crop': {}, 'colour': 6}, 'denoiser': {},
    }
    pipeline.render(config, folder / 'data')
    vqgan.train(config, folder / 'data', folder / 'vqgan')
    stages = pipeline.stages(config, folder / 'data', folder, None)
    for name in ('clip', 'tokens', 'diffusion'):
        stages[name]()
    stage = growth.Growth(config, folder / 'data', folder / 'out', {name: folder / name for name in ('vqgan', 'clip', 'diffusion')})
    for name in growth.STAGES:
        getattr(stage, name)()
    return folder, stage


def test_the_model_that_comes_out_is_whole_and_tells_colours(made):
    folder, stage = made
    config = configuration.load(folder / 'out/config.yaml')
    model = vqgan.load_trained(config, folder / 'out/vqgan')
    unseen = stage.faces.split('test')
    tokens = model.encode(stage.faces.pictures(unseen).permute(0, 3, 1, 2) / 127.5 - 1)
    wanted = torch.from_numpy(stage.tokens[unseen, 0])
    colours = stage.codes.colour_of(tokens[:, 0])
    assert (colours == stage.codes.colour_of(wanted[:, 0])).float().mean() > 0.8  # one in four by chance
    assert (tokens[:, 1:] == wanted[:, 1:]).float().mean() > 0.7  # and the others are what they were
    assert model.decode(tokens).shape == (len(unseen), 3, 32, 32)
    denoiser, _ = diffusion.load_trained(config, folder / 'out/diffusion')
    assert denoiser.codes == stage.codes.total
    held = cache.Cache(folder / 'out/cache')
    assert torch.equal(held.tokens, torch.from_numpy(stage.tokens))


def test_the_denoiser_begins_with_the_trained_ones_logits_and_is_the_same_when_put_together():
    config = configuration.load('configs/smoke.yaml')
    torch.manual_seed(0)
    trained = diffusion.build(config)
    codes = ColourCodes(torch.randn(32, 16), np.random.default_rng(0).integers(0, 32, (8, 2, 64)), {'places': [[0, 0]], 'looks': 4}, 3)
    wide = {**config, 'diffusion': {**config['diffusion'], 'model': {**config['diffusion']['model'], 'codes': codes.total}}}
    model = denoiser.widened(wide, trained, codes)
    tokens, condition, t = torch.randint(0, 32, (2, 64)), torch.nn.functional.normalize(torch.randn(2, 64), dim=-1), torch.tensor([5, 60])
    tokens[:, ::3] = codes.total  # masks
    before = trained(torch.where(tokens == codes.total, 32, tokens), condition, t)
    assert torch.allclose(model(tokens, condition, t)[..., :32], before, atol=1e-5)
    model.transformer.to_logits[1].weight.colours.data.normal_()
    model.transformer.content_emb.emb.weight.colours.data.normal_()
    tokens[:, 1] = codes.base + 2
    assert torch.allclose(denoiser.plain(wide, model)(tokens, condition, t), model(tokens, condition, t), atol=1e-5)


def test_the_denoiser_learns_its_places_from_pictures_and_all_others_from_the_trained_one(made, tmp_path):
    folder, stage = made
    trained, _ = diffusion.load_trained(stage.config, folder / 'diffusion')
    trainer = denoiser.Trainer(stage.config, cache.Cache(folder / 'out/cache'), trained, stage.codes, stage.before, tmp_path / 'goes on', tmp_path / 'made')
    tokens, condition = trainer.pick(np.arange(4), np.zeros(4, bool))

    def masked(tokens):
        return trainer.losses(trainer.model, tokens, condition, torch.full((4,), trainer.model.steps - 1))[0]  # nothing is to be seen

    place, other = stage.codes.places[0], tokens.shape[1] - 1
    changed = lambda at: torch.where(torch.arange(tokens.shape[1]) == at, (tokens + 1) % stage.codes.base, tokens)
    assert torch.allclose(masked(changed(other)), masked(tokens))
    assert not torch.allclose(masked(changed(place)), masked(tokens), rtol=1e-3)


def test_the_decoder_begins_as_the_trained_one(made):
    _, stage = made
    trained, wide = stage.trained, growth.widened(stage.config, stage.trained, stage.codes)
    tokens = torch.randint(0, stage.codes.base, (2, 64))
    assert torch.equal(wide.decode(tokens), trained.decode(tokens))


def test_the_decoder_goes_on_from_averages_alone(made, tmp_path):
    folder, stage = made
    before = torch.load(folder / 'vqgan/state.pt', weights_only=False)
    alone = {name: value for name, value in before.items() if name not in ('optimizer', 'discriminator', 'critic')}  # as from a pack
    wide = growth.widened(stage.config, stage.trained, stage.codes)
    trainer = growth.DecoderTrainer(stage.config, stage.faces, wide, stage.codes, stage.tokens, alone, tmp_path / 'decoder')
    before = {name: value.clone() for name, value in trainer.model.decoder.state_dict().items()}
    assert all(torch.equal(value, wide.decoder.state_dict()[name]) for name, value in before.items())
    trainer.train_step()
    assert any(not torch.equal(value, before[name]) for name, value in trainer.model.decoder.state_dict().items())
