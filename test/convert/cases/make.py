# Small files with what people save beside their weights, or in other ways: PyTorch 2.13 made B3 to B5, C3, C4, F1 and F4 so (python make.py).
import torch, zipfile, collections, datetime, enum, sys, types
sd = lambda: {'transformer.blocks.0.x': torch.arange(4.), 'transformer.content_emb.y': torch.arange(6.).reshape(2, 3)}
mine = types.ModuleType('mine'); sys.modules['mine'] = mine
class Mode(enum.Enum):
    A = 1
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.transformer = torch.nn.Module()
        self.transformer.blocks = torch.nn.ModuleList([torch.nn.Module()])
        self.transformer.blocks[0].x = torch.nn.Parameter(torch.arange(4.))
        self.transformer.content_emb = torch.nn.Module()
        self.transformer.content_emb.register_buffer('y', torch.arange(6.).reshape(2, 3))
for c in (Mode, Net):
    c.__module__ = 'mine'; c.__qualname__ = c.__name__; setattr(mine, c.__name__, c)
torch.save({'state_dict': sd(), 'when': datetime.datetime(2024, 3, 21), 'recent': collections.deque([1, 2], 9), 'mode': Mode.A}, 'B3_deque_date_enum.pt')
torch.save({'state_dict': sd(), 'loss': Net()}, 'B4_module_beside.pt')
torch.save(Net(), 'B5_module_whole.pt')
torch.save({'state_dict': sd(), 's': torch.eye(2).to_sparse(), 'q': torch.quantize_per_tensor(torch.ones(2), 1., 0, torch.qint8), 'u': torch.ones(2).to(torch.uint16)}, 'C3_sparse_quantised_uint16.pt')
torch.save({'state_dict': sd(), 'c': torch.ones(2, dtype=torch.complex64), 'h': torch.ones(2).half()}, 'C4_complex_legacy.pt', _use_new_zipfile_serialization=False)
torch.save(sd(), 'F4_protocol1.pt', pickle_protocol=1)
torch.save({'a': True, **sd()}, 'F4_protocol1_legacy.pt', pickle_protocol=1, _use_new_zipfile_serialization=False)
torch.save(sd(), 'plain.pt')
with zipfile.ZipFile('plain.pt') as z, zipfile.ZipFile('F1_deflated.pt', 'w', zipfile.ZIP_DEFLATED) as o:
    for n in z.namelist(): o.writestr(n, z.read(n))
import os
os.remove('plain.pt')
