"""Augmentation of batches of glyphs: another pen, paper and scanner.

Works on tensors, on any device. The form of digits is varied by `synthesis.handwriting`."""

import torch
import torch.nn.functional as F
from torch import Tensor


def augment_glyphs(glyphs: Tensor, generator: torch.Generator, fraction: float = 1.0) -> Tensor:
    """Change a random `fraction` of the glyphs: warp, pen width, resolution and contrast.

    Takes and returns (N, 28, 28) float in [0, 1], on the device of the generator."""
    x = glyphs[:, None]
    x = _warp(x, generator)
    x = _change_pen(x, generator)
    x = _lower_resolution(x, generator)
    x = _change_contrast(x, generator)
    chosen = torch.rand(len(x), 1, 1, generator=generator, device=x.device) < fraction
    return torch.where(chosen, x[:, 0].clamp(0, 1), glyphs)


def _warp(x: Tensor, generator: torch.Generator) -> Tensor:
    """Affine and elastic in one resampling (elastic: Simard, Steinkraus, Platt 2003)."""
    n, device = len(x), x.device

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, device=device)

    tilt, slant = normal(n) * 0.10, normal(n) * 0.12
    scale_x, scale_y = torch.exp(normal(n) * 0.09), torch.exp(normal(n) * 0.09)
    cos, sin = torch.cos(tilt), torch.sin(tilt)
    shift = normal(n, 2, 1) * 0.045
    rows = torch.stack(
        [torch.stack([cos * scale_x, slant - sin], 1), torch.stack([sin, cos * scale_y], 1)], 1
    )
    grid = F.affine_grid(torch.cat([rows, shift], 2), list(x.shape), align_corners=False)
    strength = normal(n, 1, 1, 1).abs() * 0.035
    coarse = normal(n, 2, 5, 5) * strength
    offsets = F.interpolate(coarse, size=x.shape[-2:], mode="bicubic", align_corners=True)
    return F.grid_sample(x, grid + offsets.permute(0, 2, 3, 1), align_corners=False)


def _change_pen(x: Tensor, generator: torch.Generator) -> Tensor:
    """Widen or narrow the strokes of half of the glyphs, by up to about a pixel."""
    thick = F.max_pool2d(x, 3, 1, 1)
    thin = -F.max_pool2d(-x, 3, 1, 1)
    amount = torch.rand(len(x), 1, 1, 1, generator=generator, device=x.device) * 2.2 - 1.1
    amount = torch.where(amount.abs() > 0.55, amount.sign() * (amount.abs() - 0.55) * 1.3, 0.0)
    return torch.where(
        amount > 0, x.lerp(thick, amount.clamp(min=0)), x.lerp(thin, -amount.clamp(max=0))
    )


def _lower_resolution(x: Tensor, generator: torch.Generator) -> Tensor:
    """Resample a fifth of the glyphs as a coarser scanner does (USPS has 16 pixels a side)."""
    side = int(torch.randint(13, 22, (), generator=generator, device=x.device))
    small = F.interpolate(x, size=(side, side), mode="area")
    coarse = F.interpolate(small, size=x.shape[-2:], mode="bilinear", align_corners=False)
    chosen = torch.rand(len(x), 1, 1, 1, generator=generator, device=x.device) < 0.2
    return torch.where(chosen, coarse, x)


def _change_contrast(x: Tensor, generator: torch.Generator) -> Tensor:
    """Make ink fainter or stronger, and edges softer or harder."""
    shape = (len(x), 1, 1, 1)
    gain = torch.exp(torch.randn(shape, generator=generator, device=x.device) * 0.2)
    gamma = torch.exp(torch.randn(shape, generator=generator, device=x.device) * 0.25)
    return (x.clamp(1e-4, 1) ** gamma * gain).clamp(0, 1)
