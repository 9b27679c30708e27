"""Contact sheets."""
import numpy as np
from PIL import Image


def save_sheet(pictures, path, columns):
    """uint8 [N, H, W, 3] -> one PNG, row by row"""
    n, height, width, _ = pictures.shape
    rows = -(-n // columns)
    sheet = np.zeros((rows * height, columns * width, 3), np.uint8)
    for i, picture in enumerate(pictures):
        y, x = i // columns * height, i % columns * width
        sheet[y : y + height, x : x + width] = picture
    Image.fromarray(sheet).save(path)
