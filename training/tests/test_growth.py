"""A VQGAN that grows an outer level keeps what it has learnt inside, and sees outside what it saw before."""
import torch
import torch.nn.functional as F

from training.growth import fit_outer, grown, halved, inner_config, outer_half
from training.models.vqgan import GumbelVQ

MODEL = dict(n_embed=16, embed_dim=8, norm_groups=4,
             ddconfig=dict(ch=8, ch_mult=[1, 1, 2], num_res_blocks=1, attn_resolutions=[8], resolution=32, z_channels=8))


def pictures(count=6):
    return F.interpolate(torch.randn(count, 3, 8, 8), size=32, mode='bicubic')


def test_the_inner_network_stays_and_the_outer_one_learns_to_feed_it():
    torch.manual_seed(5)
    small = GumbelVQ(**inner_config(MODEL))
    big = grown(small, MODEL)
    assert small.decode(torch.zeros(1, 64, dtype=torch.long)).shape[-1] == 16
    assert big.decode(torch.zeros(1, 64, dtype=torch.long)).shape[-1] == 32
    kept = big.state_dict()
    for name, value in small.state_dict().items():
        if name.startswith(('quantize', 'quant_conv', 'encoder.mid', 'decoder.mid')):
            assert torch.equal(kept[name], value), name
    assert torch.equal(kept['encoder.down.2.block.0.conv1.weight'], small.encoder.down[1].block[0].conv1.weight)
    seen = pictures()
    wanted = small.encoder.conv_in(halved(seen))
    before = float((outer_half(big.encoder, seen) - wanted).pow(2).mean() / wanted.var())
    after = fit_outer(big, small, pictures, 120)
    assert after < 0.25 * before
